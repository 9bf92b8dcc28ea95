// Head office of the peer: express-pouchdb on LevelDB in the folder given. Prints its port once it listens.
import express from "express";
import expressPouch from "express-pouchdb";
import PouchDB from "pouchdb";

const Stored = PouchDB.defaults({ prefix: process.argv[2] + "/" });
const app = express();
app.use("/", expressPouch(Stored, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: "/dev/null" }));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
