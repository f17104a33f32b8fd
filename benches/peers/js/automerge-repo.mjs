// automerge-repo with its WebSocket and file system adapters, all settings at their defaults: changes are sent and stored
// at most every 100 ms.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as A from "@automerge/automerge";
import { Repo, parseAutomergeUrl } from "@automerge/automerge-repo";
import { WebSocketClientAdapter, WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";
import { WebSocketServer } from "ws";

const URL_FILE = "plan.url";
const SERVER = "server";

const STEPS = {
  "set-up": (doc, numbers) => {
    doc.sections ??= {};
    for (const number of numbers) {
      doc.sections[number] = { title: `Section ${number}`, text: "" };
    }
    if (numbers.length === 0) doc.tasks = { first: { title: "Tasks" } };
  },
  insert: (doc, number, place, piece) => A.splice(doc, ["sections", `${number}`, "text"], place, 0, piece),
  delete: (doc, number, place, count) => A.splice(doc, ["sections", `${number}`, "text"], place, count),
  field: (doc, number, field, value) => {
    doc.sections[number][`field${field}`] = value;
  },
  task: (doc, id, title) => {
    doc.tasks[id] = { title };
  },
  priority: (doc, id, value) => {
    doc.tasks[id].priority = value;
  },
};

const actor = (author) => String(author + 1).padStart(2, "0").repeat(16);

export class Plan {
  constructor(bytes) {
    this.doc = bytes ? A.load(bytes) : A.init();
  }

  play(author, [name, ...rest]) {
    if (author !== this.author) this.doc = A.clone(this.doc, { actor: actor(author) });
    this.author = author;
    // The same bytes whoever makes them: a client and the server must hold the same changes.
    this.doc = A.change(this.doc, { time: 0 }, (doc) => STEPS[name](doc, ...rest));
  }

  save() {
    return A.save(this.doc);
  }
}

const idOf = (folder) => parseAutomergeUrl(readFileSync(join(folder, URL_FILE), "utf8")).documentId;

export async function store(folder, plan) {
  mkdirSync(folder, { recursive: true });
  const repo = new Repo({ storage: new NodeFSStorageAdapter(join(folder, "store")) });
  writeFileSync(join(folder, URL_FILE), repo.import(plan.save()).url);
  await repo.flush();
  await repo.shutdown();
}

export async function serve(folder, port) {
  mkdirSync(folder, { recursive: true });
  const server = new WebSocketServer({ port, host: "127.0.0.1" });
  new Repo({
    network: [new WebSocketServerAdapter(server)],
    storage: new NodeFSStorageAdapter(join(folder, "store")),
    peerId: SERVER,
    sharePolicy: async () => false,
  });
}

const sorted = (heads) => [...heads].sort().join();

export class Client {
  constructor() {
    this.repo = new Repo({});
  }

  static plan(folder, bytes) {
    const client = new Client();
    const docId = idOf(folder);
    if (bytes) client.listen(client.repo.import(bytes, { docId }));
    else client.wanted = docId;
    return client;
  }

  connect(port) {
    this.adapter = new WebSocketClientAdapter(`ws://127.0.0.1:${port}`);
    this.repo.networkSubsystem.addNetworkAdapter(this.adapter);
    // Whoever has nothing waits for the document in same().
    if (this.wanted) this.finding = this.find(this.wanted);
  }

  // A repository without peers calls a document unavailable at once.
  async connected() {
    while (!this.repo.peers.includes(SERVER)) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  async find(url) {
    await this.connected();
    this.listen(await this.repo.find(url));
  }

  static async pair(port, _number) {
    const [a, b] = [0, 1].map(() => new Client());
    for (const client of [a, b]) client.connect(port);
    a.listen(a.repo.create({ sections: { 0: { title: "Section 0", text: "" } } }));
    await a.connected();
    await a.same();
    await b.find(a.handle.url);
    return [a, b];
  }

  listen(handle) {
    this.handle = handle;
    handle.on("remote-heads", () => this.look?.());
    handle.on("heads-changed", () => this.look?.());
  }

  // Both ends have everything.
  async same() {
    await this.finding;
    const there = () => {
      const { storageId } = this.repo.peerMetadataByPeerId[SERVER] ?? {};
      return (storageId && this.handle.getSyncInfo(storageId)?.lastHeads) ?? [];
    };
    await new Promise((resolve) => {
      this.look = () => {
        if (sorted(there()) === sorted(this.handle.heads())) resolve();
      };
      this.look();
    });
    this.look = undefined;
  }

  length(number) {
    return this.handle.doc().sections?.[number]?.text.length ?? 0;
  }

  type(number) {
    const length = this.length(number);
    this.handle.change((doc) => A.splice(doc, ["sections", `${number}`, "text"], length, 0, "x"));
  }

  changed(call) {
    this.handle.on("change", call);
  }

  bytes() {
    const { bytesRead, bytesWritten } = this.adapter.socket._socket;
    return { down: bytesRead, up: bytesWritten };
  }
}
