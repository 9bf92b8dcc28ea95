// One till of the peer. argv: folder, file of JSON lines (each with _id), base address, name of the database.
// Says "ready" once its documents lie in its own database; at a line on standard input it replicates them up and
// prints how long that took. With no file it replicates the database down, at once and from nothing.
import fs from "node:fs";
import readline from "node:readline";
import PouchDB from "pouchdb";

const [folder, file, base, name] = process.argv.slice(2);
const Local = PouchDB.defaults({ prefix: folder + "/" });
const local = new Local("local");
const remote = new PouchDB(`${base}/${name}`);

async function main() {
  if (file !== "-") {
    const documents = fs.readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    for (let at = 0; at < documents.length; at += 1000) await local.bulkDocs(documents.slice(at, at + 1000));
  }
  await remote.info();
  console.log("ready");
  await new Promise((resolve) => readline.createInterface({ input: process.stdin }).once("line", resolve));
  const spent = process.cpuUsage();
  const began = performance.now();
  const options = { batch_size: 500, batches_limit: 10 };
  const done = file === "-" ? await local.replicate.from(remote, options) : await local.replicate.to(remote, options);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(spent);
  console.log(JSON.stringify({ ms, spent_us: user + system, written: done.docs_written, failures: done.doc_write_failures }));
  // It waits for its end from outside: what a process does at its end is no part of the time of the others.
}
main().catch((error) => { console.error(error); process.exit(1); });
