// The one script. Each module finds its own elements; a page without them costs nothing.
import "./net.js";
import "./focus.js";
import "./keys.js";
import "./layers.js";
import "./forms.js";
import "./clock.js";
import "./finder.js";
import "./queue.js";
import "./widths.js";
import "./live.js";
import "./ticket.js";
import "./composer.js";
import "./presence.js";
import "./passkey.js";
import "./copy.js";
import "./portal.js";
import "./new.js";
