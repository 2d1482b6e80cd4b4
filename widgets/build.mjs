// Bundles every widgets/src/<name>/index.ts into mikit/widgets/static/<name>.{js,css} and writes down, in manifest.json,
// which sources they were built from, so that tests/test_static.py can tell without Node whether they are fresh.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "mikit", "widgets", "static");
const names = readdirSync(join(here, "src")).filter((name) => existsSync(join(here, "src", name, "index.ts"))).sort();
const banner = "Generated from widgets/src by `npm run build`. Do not edit.";

for (const old of readdirSync(out).filter((file) => /\.(js|css)$/.test(file))) rmSync(join(out, old));

const { metafile } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: names.map((name) => ({ in: `src/${name}/index.ts`, out: name })),
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  metafile: true,
  // A bundle travels with every view: white space goes, names stay, and lines stay short enough to read.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 120,
  // Several lines always: anywidget takes a one-line string for the path of a file.
  banner: { js: `// ${banner}`, css: `/* ${banner} */` },
});

// Line ends are normalised, so that a checkout on Windows hashes the same.
const sha = (file) => createHash("sha256").update(readFileSync(file, "utf8").replaceAll("\r\n", "\n")).digest("hex");
const table = (folder, files) => Object.fromEntries([...files].sort().map((file) => [file, sha(join(folder, file))]));

const sources = table(here, [...Object.keys(metafile.inputs), "build.mjs", "package-lock.json", "tsconfig.json"]);
const outputs = table(out, readdirSync(out).filter((file) => /\.(js|css)$/.test(file)));
writeFileSync(join(out, "manifest.json"), `${JSON.stringify({ sources, outputs }, null, 2)}\n`);
