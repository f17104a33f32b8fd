// One process of a peer: `node work.mjs PEER ROLE ...`. The roles are those of benches/src/peers.rs, which starts them,
// takes the server's CPU and memory and ends them.

import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const PEERS = { hocuspocus: "./hocuspocus.mjs", "automerge-repo": "./automerge-repo.mjs" };
const EDITS = 1000;
const WARM_UP = 20;
const PAIR_EDITS = 10;

const [name, role, ...rest] = process.argv.slice(2);
const peer = await import(PEERS[name]);
const say = (line) => process.stdout.write(`${line}\n`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const lines = [];
let wake = () => {};

// Whoever started this process ends it by closing its standard input.
function listen() {
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      lines.push(line);
      wake();
    })
    .on("close", () => process.exit(0));
}

async function line() {
  while (lines.length === 0) await new Promise((resolve) => (wake = resolve));
  return lines.shift();
}

const percentile = (times, perMille) => {
  times.sort((a, b) => a - b);
  return times[Math.floor(((times.length - 1) * perMille) / 1000)];
};

function play(history, count) {
  const plan = new peer.Plan();
  for (const [author, step] of history.steps.slice(0, count)) plan.play(author, step);
  return plan;
}

const total = (client) => {
  let chars = 0;
  for (let number = 0; number < 40; number += 1) chars += client.length(number);
  return chars;
};

const ROLES = {
  // The server's store after so many changes.
  async seed(file, count, folder) {
    await peer.store(folder, play(JSON.parse(readFileSync(file)), Number(count)));
    process.exit(0);
  },

  // What a client has that was offline: the plan at the branch, and its own changes.
  async branch(file, to) {
    const history = JSON.parse(readFileSync(file));
    const plan = play(history, history.branch_at);
    for (const step of history.branch) plan.play(20, step);
    writeFileSync(to, plan.save());
    process.exit(0);
  },

  async serve(folder, port) {
    await peer.serve(folder, Number(port));
    say("ready");
  },

  // Connects and says how long it took until both have everything.
  async meet(folder, port, file) {
    const client = peer.Client.plan(folder, file && new Uint8Array(readFileSync(file)));
    const start = performance.now();
    client.connect(Number(port));
    await client.same();
    const ms = performance.now() - start;
    const { down, up } = client.bytes();
    const figures = { ms, bytes_down: down, bytes_up: up, chars: total(client), section: client.length(0) };
    say(JSON.stringify(figures));
  },

  // Prints the length of the first text whenever it changes.
  async watch(folder, port) {
    const client = peer.Client.plan(folder);
    client.connect(Number(port));
    await client.same();
    client.changed(() => say(client.length(0)));
    say(client.length(0));
  },

  // Adds one letter.
  async edit(folder, port) {
    const client = peer.Client.plan(folder);
    client.connect(Number(port));
    await client.same();
    client.type(0);
    say(client.length(0));
  },

  // Standard input is what a watcher prints.
  async type(folder, port) {
    const client = peer.Client.plan(folder);
    client.connect(Number(port));
    await client.same();
    const shown = async (length) => {
      while (Number(await line()) < length) {}
    };
    const times = [];
    for (let count = 0; count < WARM_UP + EDITS; count += 1) {
      if (count === WARM_UP) say("begin");
      const start = performance.now();
      client.type(0);
      await shown(client.length(0));
      if (count >= WARM_UP) times.push(1000 * (performance.now() - start));
    }
    say("end");
    await pause(200);
    const start = performance.now();
    for (let count = 0; count < EDITS; count += 1) client.type(0);
    await shown(client.length(0));
    const burst = (performance.now() - start) / 1000;
    const figures = { p50_us: percentile(times, 500), p99_us: percentile(times, 990), edits_per_s: EDITS / burst };
    say(JSON.stringify(figures));
  },

  // So many documents with two clients each; then every pair exchanges its edits.
  async pairs(port, count) {
    const start = performance.now();
    const all = await Promise.all(
      Array.from({ length: Number(count) }, (_, number) => peer.Client.pair(Number(port), number)),
    );
    const connect_ms = performance.now() - start;
    say("connected");
    await line();
    await pause(500);
    const times = [];
    const begin = performance.now();
    await Promise.all(all.map((pair) => exchange(pair, times)));
    const edits_per_s = times.length / ((performance.now() - begin) / 1000);
    const figures = { docs: Number(count), connect_ms, edits: times.length, edits_per_s };
    say(JSON.stringify({ ...figures, p50_us: percentile(times, 500), p99_us: percentile(times, 990) }));
  },
};

function exchange([a, b], times) {
  return new Promise((resolve) => {
    let [made, at] = [0, 0];
    const type = (client) => {
      made += 1;
      at = performance.now();
      client.type(0);
    };
    const react = (client) => () => {
      // Both clients hear of every edit: only whoever did not make the last one goes on.
      if (client !== (made % 2 === 1 ? b : a) || client.length(0) < made) return;
      times.push(1000 * (performance.now() - at));
      if (made === PAIR_EDITS) resolve();
      else type(client);
    };
    a.changed(react(a));
    b.changed(react(b));
    type(a);
  });
}

if (role !== "seed" && role !== "branch") listen();
await ROLES[role](...rest);
