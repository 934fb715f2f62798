/** Instances that are there for the next request. Each is lent to one request at a time. */

/** How long an instance is kept that nobody needs, in milliseconds. One is kept for ever. */
const KEPT = 60_000;

export class Pool {
  #most;
  #start;
  /** The instance that was used last is the last one. */
  #free = [];
  #waiting = [];
  #count = 0;

  /** At most `most` instances at a time, each of which `start` starts. */
  constructor(most, start) {
    this.#most = most;
    this.#start = start;
    setInterval(() => this.#thin(), KEPT / 4).unref();
  }

  /** Lends an instance to `use`. An error says that none could be started. */
  async lend(use) {
    const guest = await this.#take();
    try {
      await use(guest);
    } finally {
      this.#back(guest);
    }
  }

  async #take() {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (free.guest.alive) {
        return free.guest;
      }
      this.#gone();
    }
    if (this.#count >= this.#most) {
      const guest = await new Promise((resolve) => this.#waiting.push(resolve));
      return guest ?? this.#take();
    }
    this.#count += 1;
    try {
      return await this.#start();
    } catch (error) {
      this.#gone();
      throw error;
    }
  }

  #back(guest) {
    if (!guest.alive) {
      this.#gone();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#free.push({ guest, since: Date.now() });
    } else {
      next(guest);
    }
  }

  /** There is room for another instance. */
  #gone() {
    this.#count -= 1;
    this.#waiting.shift()?.();
  }

  #thin() {
    while (this.#free.length > 1 && Date.now() - this.#free[0].since > KEPT) {
      this.#free.shift().guest.end();
      this.#gone();
    }
  }
}
