// Builds dist/: one style sheet, one script, one icon sprite, and the font files they name.
import { build } from "esbuild";
import { readdir, readFile, rename, rm, mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const FINAL = "dist";
const OUT = "dist.new"; // a server that reads dist/ meanwhile finds the old files until the new ones are whole
const BUDGET_KB = { "app.css": 20, "app.js": 60 };

/** Turn one SVG file into a symbol: the drawing without its frame, which the page's CSS supplies. */
function symbol(id, svg) {
  const box = /viewBox="([^"]+)"/.exec(svg)?.[1] ?? "0 0 24 24";
  const inner = svg
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace(/<\/svg>[\s\S]*$/, "")
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/g, "")
    .replace(/\s*\n\s*/g, "");
  return `<symbol id="${id}" viewBox="${box}">${inner}</symbol>`;
}

/** Read icons.txt (one Tabler outline icon a line, # starts a comment) and glyphs/ (our own drawings). */
async function sprite() {
  const names = (await readFile("icons.txt", "utf8"))
    .split("\n").map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
  const symbols = [];
  for (const name of names) {
    const file = `node_modules/@tabler/icons/icons/outline/${name}.svg`;
    const svg = await readFile(file, "utf8").catch(() => {
      throw new Error(`icons.txt names "${name}", which the icon set does not have.`);
    });
    symbols.push(symbol(name, svg));
  }
  for (const file of (await readdir("glyphs")).sort()) {
    symbols.push(symbol(file.replace(/\.svg$/, ""), await readFile(`glyphs/${file}`, "utf8")));
  }
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
}

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: { app: "css/app.css" },
  bundle: true, minify: true, outdir: OUT, target: ["chrome123", "firefox121", "safari17.5"],
  loader: { ".woff2": "file" }, assetNames: "fonts/[name]", logLevel: "warning",
});
await build({
  entryPoints: { app: "js/app.js" },
  bundle: true, minify: true, outdir: OUT, format: "iife", target: ["es2022"], logLevel: "warning",
  legalComments: "none",
});
await writeFile(`${OUT}/sprite.svg`, await sprite());
await writeFile(`${OUT}/favicon.svg`, await readFile("favicon.svg"));

for (const [file, limit] of Object.entries(BUDGET_KB)) {
  const size = gzipSync(await readFile(`${OUT}/${file}`)).length / 1000;
  if (size > limit) throw new Error(`${file} is ${size.toFixed(1)} kB gzipped; the budget is ${limit} kB.`);
  console.log(`${file} ${size.toFixed(1)} kB gzipped`);
}
await rm(FINAL, { recursive: true, force: true });
await rename(OUT, FINAL);
