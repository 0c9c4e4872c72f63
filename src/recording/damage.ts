/** Bytes that are no recording, or not any more; the message is what is wrong with them, one clause. */
export class Damage extends Error {
  override readonly name = 'Damage';
}
