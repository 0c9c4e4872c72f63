import type { StyleId } from './style.ts';

/** More styles there are not, see `style.ts`. */
const styleCount = 65_536;

/** One style in place of another, worked out once for each: whole screens go through it, frame by frame. */
export class StyleMap {
  readonly #make: (style: StyleId) => StyleId;
  readonly #made = new Uint16Array(styleCount);
  readonly #isMade = new Uint8Array(styleCount);

  /** `make` is pure. */
  constructor(make: (style: StyleId) => StyleId) {
    this.#make = make;
  }

  /** What stands in place of that style. */
  readonly of = (style: StyleId): StyleId => {
    if (this.#isMade[style] === 0) {
      this.#made[style] = this.#make(style);
      this.#isMade[style] = 1;
    }
    return this.#made[style] ?? style;
  };
}
