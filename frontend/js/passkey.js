// Passkeys: the bytes between the server's JSON and the browser's credentials, without a library.
import { fail, say } from "./words.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const ids = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

function decode({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  if (publicKey.allowCredentials) options.allowCredentials = ids(publicKey.allowCredentials);
  if (publicKey.excludeCredentials) options.excludeCredentials = ids(publicKey.excludeCredentials);
  return { publicKey: options };
}

function encode(credential) {
  const { response } = credential;
  const plain = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) plain[name] = text(response[name]);
  }
  if (response.getTransports) plain.transports = response.getTransports();
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: plain,
    authenticatorAttachment: credential.authenticatorAttachment, clientExtensionResults: credential.getClientExtensionResults(),
  };
}

/** The options: in the page, or asked of the form's own address at the moment of signing in. */
async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function create(form) {
  const options = decode((await optionsOf(form)).creation_options);
  const passwordless = form.querySelector('[name="passwordless"]')?.checked ?? false;
  Object.assign(options.publicKey.authenticatorSelection ??= {}, {
    residentKey: passwordless ? "required" : "discouraged", requireResidentKey: passwordless,
    ...(passwordless ? { userVerification: "required" } : {}),
  });
  return navigator.credentials.create(options);
}

const get = async (form) => navigator.credentials.get(decode((await optionsOf(form)).request_options));

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  const field = form?.querySelector('[name="credential"]');
  if (!form || form.dataset.signed) return;
  event.preventDefault();
  if (!navigator.credentials || !window.PublicKeyCredential) { fail(say("nopasskey"), form); return; }
  try {
    field.value = JSON.stringify(encode(await (form.dataset.passkey === "create" ? create(form) : get(form))));
    form.dataset.signed = "1";
  } catch {
    fail(say("passkey"), form);
    return;
  } finally {
    delete form.dataset.busy;
    event.submitter?.removeAttribute("aria-busy");
  }
  form.requestSubmit(event.submitter);
}, true);

// Where the browser can, the way in by passkey is offered.
if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey][hidden]").forEach((form) => { form.hidden = false; });
