/** Counts how often the settings of a table change, by their hash. */
export class ConfigurationChanges {
  #hash: number | null = null;
  #count = 0;
  #since: number | null = null;

  /** Takes a hash, `null` where it is not known, at a moment in milliseconds. */
  take(hash: number | null, now: number): void {
    if (hash === null) return;
    this.#since ??= now;
    if (this.#hash !== null && this.#hash !== hash) this.#count++;
    this.#hash = hash;
  }

  /**
   * The changes counted so far, and the milliseconds from the first known hash to `now`; `null` as long as no hash was
   * known.
   */
  at(now: number): { readonly count: number; readonly span: number } | null {
    return this.#since === null ? null : { count: this.#count, span: Math.max(0, now - this.#since) };
  }
}
