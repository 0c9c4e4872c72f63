import { createHash } from 'node:crypto';
import { compare } from 'bcryptjs';

/** A hash of nobody's password: a wrong name takes as long as a wrong password. */
const nobody = '$2b$10$abcdefghijklmnopqrstuu5s2v8iXieOjg1t8mI9x1vYbZ3yY9e6m';

/**
 * Most right passwords that are remembered, so that not each scrape takes the tenth of a second that bcrypt is made to
 * take.
 */
const mostRemembered = 16;

/** Tells who may come in by name and password. */
export class Passwords {
  readonly #users: ReadonlyMap<string, string>;
  readonly #right = new Set<string>();

  /** `users` has the bcrypt hash of a password for each name. */
  constructor(users: ReadonlyMap<string, string>) {
    this.#users = users;
  }

  /** Whether a header `Authorization` bears a name with its password; everybody comes in where nobody has one. */
  async admits(authorization: string | undefined): Promise<boolean> {
    if (this.#users.size === 0) return true;
    const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]{1,1024})$/i.exec(authorization ?? '') ?? [];
    const [, name = '', password = ''] =
      /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
    const known = this.#users.get(name);
    const proof = createHash('sha256')
      .update(JSON.stringify([name, known, password]))
      .digest('hex');
    if (this.#right.has(proof)) return true;
    const isRight = (await compare(password, known ?? nobody)) && known !== undefined;
    if (isRight) {
      if (this.#right.size >= mostRemembered) this.#right.clear();
      this.#right.add(proof);
    }
    return isRight;
  }
}
