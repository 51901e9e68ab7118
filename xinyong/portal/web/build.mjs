// Builds the islands into ../static and notes the fingerprint of each source, so that a test can see stale builds.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const sources = readdirSync(".").filter((name) => name.endsWith(".ts")).sort();
const entries = sources.filter((name) => name !== "shared.ts");
await build({
  entryPoints: entries, outdir: "../static", bundle: true, minify: true, target: "es2022", format: "iife",
  legalComments: "none", charset: "utf8",
});
const built = Object.fromEntries(
  sources.map((name) => [name, createHash("sha256").update(readFileSync(name)).digest("hex")]),
);
writeFileSync("../static/built.json", JSON.stringify(built, null, 1) + "\n");
