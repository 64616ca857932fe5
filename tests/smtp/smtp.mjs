// A mail server for the integration tests: `node smtp.mjs --dir FOLDER [--later N] [--refuse ADDRESS]…`.
//
// Prints `{"port":N}` when it listens, and writes each message it took to the folder as `<n>.eml`. The first N recipients
// are put off with 451, a refused address is turned away with 550. Ends when its standard input is closed, so that it
// never outlives the test.

import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { SMTPServer } from "smtp-server";

const { values } = parseArgs({
  options: {
    dir: { type: "string" },
    later: { type: "string", default: "0" },
    refuse: { type: "string", multiple: true, default: [] },
  },
});

let later = Number(values.later);
let taken = 0;

const answer = (code, text) => Object.assign(new Error(text), { responseCode: code });

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS", "AUTH"],
  disableReverseLookup: true,
  onRcptTo({ address }, _session, done) {
    if (later > 0) {
      later -= 1;
      return done(answer(451, "4.3.2 try again later"));
    }
    if (values.refuse.includes(address)) return done(answer(550, `5.1.1 <${address}>: no such mailbox here`));
    done();
  },
  onData(stream, _session, done) {
    taken += 1;
    const name = join(values.dir, `${String(taken).padStart(6, "0")}.eml`);
    // Written beside and then renamed: the test never reads half a message.
    pipeline(stream, createWriteStream(`${name}.part`))
      .then(() => rename(`${name}.part`, name))
      .then(() => done(null, "queued"), done);
  },
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.server.address().port })));
process.stdin.resume().on("end", () => process.exit(0));
