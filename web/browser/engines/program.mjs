/** Programs that a test starts, and ends. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a program may take to start, in ms. Firefox takes a minute where other tests take the processors. */
const PATIENCE = 120_000;
const POLL = 50;

/** Calls `attempt` until it returns something but `undefined` and `false`. */
export async function until(attempt, what, patience = PATIENCE) {
  for (const began = Date.now(); ; await wait(POLL)) {
    const found = await attempt();
    if (found !== undefined && found !== false) return found;
    if (Date.now() - began > patience) throw new Error(`${what}: not within ${patience} ms`);
  }
}

/** What a test that fails on its way has not ended. */
const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a program. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  running.add(child);
  let said = '';
  let over = false;
  const ended = new Promise((done) => {
    const end = (why) => {
      said += `\n${program} ended: ${why}`;
      running.delete(child);
      done((over = true));
    };
    child.once('error', end);
    child.once('close', end);
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  return {
    /** Everything that it has said so far. */
    said: () => said,
    /** What the pattern catches in what it says. */
    says: (pattern) =>
      until(() => {
        if (over) throw new Error(said.slice(-500));
        return pattern.exec(said)?.[1];
      }, program),
    async close() {
      if (!over) child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}
