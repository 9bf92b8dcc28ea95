// Head office of the peer: express-pouchdb on LevelDB in the folder given. Prints its port once it listens.
import leveldown from "leveldown";
import express from "express";
import expressPouch from "express-pouchdb";
import PouchDB from "pouchdb";

// With "durable" as second argument every write waits for the disk.
const [folder, durable] = process.argv.slice(2);

function flushing(location) {
  const stored = leveldown(location);
  const plain = stored._batch.bind(stored);
  const put = stored._put.bind(stored);
  stored._batch = (operations, options, done) => plain(operations, { ...options, sync: true }, done);
  stored._put = (key, value, options, done) => put(key, value, { ...options, sync: true }, done);
  return stored;
}

const Stored = PouchDB.defaults({ prefix: folder + "/", ...(durable ? { db: flushing } : {}) });
const app = express();
app.use("/", expressPouch(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: "/dev/null" }));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
