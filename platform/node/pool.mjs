/** Instances that are there for the next request. Each is lent to one request at a time. */

/** How long an instance is kept that nobody needs, in milliseconds. One is kept for ever. */
const KEPT = 60_000;
/** How many instances are started at a time. Those that are there may be free sooner. */
const STARTS = 2;

export class Pool {
  #most;
  #start;
  /** The instance that was used last is the last one. */
  #free = [];
  #waiting = [];
  #starting = 0;
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
      this.#give(guest);
    }
  }

  #take() {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (free.guest.alive) {
        return free.guest;
      }
      this.#count -= 1;
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#grow();
    });
  }

  /** Starts another instance if somebody waits for one. */
  #grow() {
    if (this.#starting >= Math.min(STARTS, this.#waiting.length) || this.#count >= this.#most) {
      return;
    }
    this.#count += 1;
    this.#starting += 1;
    const ended = (use) => (value) => {
      this.#starting -= 1;
      use(value);
      this.#grow();
    };
    const fails = (error) => {
      this.#count -= 1;
      this.#waiting.shift()?.reject(error);
    };
    this.#start().then(ended((guest) => this.#give(guest)), ended(fails));
  }

  /** Gives an instance to whoever waits longest, or keeps it. */
  #give(guest) {
    if (!guest.alive) {
      this.#count -= 1;
      this.#grow();
    } else if (this.#waiting.length > 0) {
      this.#waiting.shift().resolve(guest);
    } else {
      this.#free.push({ guest, since: Date.now() });
    }
  }

  #thin() {
    while (this.#free.length > 1 && Date.now() - this.#free[0].since > KEPT) {
      this.#free.shift().guest.end();
      this.#count -= 1;
    }
  }
}
