// Hocuspocus with its SQLite extension, and Yjs: server and client as their manuals have them, all settings at their
// defaults. A document is stored 2 s after its last change, at the latest 10 s after the first that is not stored.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Server } from "@hocuspocus/server";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import Database from "better-sqlite3";
import WebSocket from "ws";
import * as Y from "yjs";

const PLAN = "plan";
const AUTHOR = 1000;

const section = (doc, number) => doc.getMap("sections").get(String(number));
const text = (doc, number) => section(doc, number).get("text");

const STEPS = {
  "set-up": (doc, numbers) => {
    for (const number of numbers) {
      const made = new Y.Map();
      doc.getMap("sections").set(String(number), made);
      made.set("title", `Section ${number}`);
      made.set("text", new Y.Text());
    }
    if (numbers.length === 0) doc.getMap("tasks").set("first", new Y.Map([["title", "Tasks"]]));
  },
  insert: (doc, number, place, piece) => text(doc, number).insert(place, piece),
  delete: (doc, number, place, count) => text(doc, number).delete(place, count),
  field: (doc, number, field, value) => section(doc, number).set(`field${field}`, value),
  task: (doc, id, title) => doc.getMap("tasks").set(id, new Y.Map([["title", title]])),
  priority: (doc, id, value) => doc.getMap("tasks").get(id).set("priority", value),
};

export class Plan {
  constructor(bytes) {
    this.doc = new Y.Doc();
    if (bytes) Y.applyUpdate(this.doc, bytes);
  }

  play(author, [name, ...rest]) {
    this.doc.clientID = AUTHOR + author;
    this.doc.transact(() => STEPS[name](this.doc, ...rest));
  }

  save() {
    return Y.encodeStateAsUpdate(this.doc);
  }
}

export async function store(folder, plan) {
  mkdirSync(folder, { recursive: true });
  const extension = new SQLite({ database: join(folder, "db.sqlite") });
  const database = new Database(extension.configuration.database);
  database.exec(extension.configuration.schema);
  const insert = database.prepare("INSERT INTO documents (name, data) VALUES (?, ?)");
  insert.run(PLAN, Buffer.from(plan.save()));
  database.close();
}

export async function serve(folder, port) {
  mkdirSync(folder, { recursive: true });
  const extensions = [new SQLite({ database: join(folder, "db.sqlite") })];
  const server = new Server({ port, address: "127.0.0.1", quiet: true, extensions });
  await server.listen();
}

export class Client {
  constructor(name, bytes) {
    this.name = name;
    this.doc = new Plan(bytes).doc;
  }

  static plan(_folder, bytes) {
    return new Client(PLAN, bytes);
  }

  connect(port) {
    this.socket = new HocuspocusProviderWebsocket({
      url: `ws://127.0.0.1:${port}`,
      WebSocketPolyfill: WebSocket,
    });
    this.provider = new HocuspocusProvider({
      websocketProvider: this.socket,
      name: this.name,
      document: this.doc,
    });
    this.provider.attach();
  }

  static async pair(port, number) {
    const [a, b] = [0, 1].map(() => new Client(`doc-${number}`));
    for (const client of [a, b]) client.connect(port);
    await Promise.all([a.same(), b.same()]);
    a.doc.transact(() => STEPS["set-up"](a.doc, [0]));
    return [a, b];
  }

  // Both ends have everything.
  same() {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.provider.synced || this.provider.hasUnsyncedChanges) return;
        this.provider.off("synced", look);
        this.provider.off("unsyncedChanges", look);
        resolve();
      };
      this.provider.on("synced", look);
      this.provider.on("unsyncedChanges", look);
      look();
    });
  }

  length(number) {
    return section(this.doc, number)?.get("text").length ?? 0;
  }

  type(number) {
    text(this.doc, number).insert(this.length(number), "x");
  }

  changed(call) {
    this.doc.on("update", call);
  }

  bytes() {
    const { bytesRead, bytesWritten } = this.socket.webSocket._socket;
    return { down: bytesRead, up: bytesWritten };
  }
}
