import type { StyleId } from './style.ts';

/** There are no more styles than this, see `style.ts`. */
const styleCount = 65_536;

/**
 * Maps each style to another one. Each is worked out only once, since whole screens go through this, frame by frame.
 */
export class StyleMap {
  readonly #make: (style: StyleId) => StyleId;
  readonly #made = new Uint16Array(styleCount);
  readonly #isMade = new Uint8Array(styleCount);

  /** `make` must be pure, since what it gives is kept. */
  constructor(make: (style: StyleId) => StyleId) {
    this.#make = make;
  }

  /** The style that takes the place of `style`. */
  readonly of = (style: StyleId): StyleId => {
    if (this.#isMade[style] === 0) {
      this.#made[style] = this.#make(style);
      this.#isMade[style] = 1;
    }
    return this.#made[style] ?? style;
  };
}
