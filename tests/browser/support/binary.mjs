// The program under test.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../..");

/** Path of the program, built before the tests. */
export const program = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "sportello");

/** Fails with what to do when there is no program. */
export function built() {
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: build it with \`cargo build --package sportello\`, or run \`cargo xtask test\``);
  }
}

/** For each service of the program: answers that its form accepts today, the files they name, one answer it refuses. */
export function examples() {
  built();
  const lines = execFileSync(program, ["servizi", "example", "--json"], { encoding: "utf8", maxBuffer: 16 << 20 });
  return lines.trim().split("\n").map((line) => JSON.parse(line));
}
