// Starts the demonstration before the tests and stops it after them.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { built, program } from "./binary.mjs";

/** Milliseconds within which the demonstration must be ready: it writes two months of sample cases first. */
const READY = 60_000;
/** Milliseconds within which it must have stopped. */
const STOPPED = 10_000;

/** The first line of its standard output, as JSON. */
async function ready(child) {
  const lines = createInterface({ input: child.stdout });
  const late = new Promise((_, fail) => {
    setTimeout(() => fail(new Error(`${program} was not ready after ${READY / 1000} seconds`)), READY).unref();
    child.once("error", fail);
    child.once("exit", (code) => fail(new Error(`${program} ended with code ${code} before it was ready`)));
  });
  const line = new Promise((done) => lines.once("line", done));
  return JSON.parse(await Promise.race([line, late]));
}

export default async function setup() {
  built();
  const data = await mkdtemp(join(tmpdir(), "sportello-browser-"));
  const child = spawn(program, ["demo", "--json", "--listen", "127.0.0.1:0", "--data", data], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, SPORTELLO_LOG: process.env.SPORTELLO_LOG ?? "warn" },
  });
  const ended = new Promise((done) => child.once("exit", done));
  const stop = async () => {
    child.kill("SIGTERM");
    const hard = setTimeout(() => child.kill("SIGKILL"), STOPPED);
    await ended;
    clearTimeout(hard);
    await rm(data, { recursive: true, force: true });
  };
  try {
    const { ready: address, tokens } = await ready(child);
    process.env.SPORTELLO_URL = address;
    process.env.SPORTELLO_TOKEN = tokens.sviluppatore;
  } catch (error) {
    if (child.exitCode === null) await stop();
    throw error;
  }
  return stop;
}
