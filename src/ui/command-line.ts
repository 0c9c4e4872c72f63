import type { KeyEvent } from '../terminal/keys.ts';
import { TextField } from './kit/text-field.ts';
import { type Command, runCommand } from './state/command.ts';
import type { Desk } from './state/desk.ts';
import type { TypedLine } from './state/typed-line.ts';

/** The line that `:` opens: a command's name, and an argument for those that take one, with completion. */
export class CommandLine implements TypedLine {
  readonly label = ':';
  readonly field = new TextField();
  readonly #desk: Desk;
  readonly #commands: readonly Command[];
  /** What Tab goes through, and where it is; forgotten at the next other key. */
  #cycle: { readonly candidates: readonly string[]; index: number } | undefined;

  /** The commands are handed in: one of them opens this line. */
  constructor(desk: Desk, commands: readonly Command[]) {
    this.#desk = desk;
    this.#commands = commands;
  }

  /** What the text could become, the whole line each. */
  get offer(): string {
    const candidates = this.#cycle?.candidates ?? this.#complete();
    return candidates.filter((candidate) => candidate !== this.field.text).join('  ');
  }

  onKey(key: KeyEvent): void {
    if (key.name === 'tab') this.#cycleBy(key.shift ? -1 : 1);
    else if (this.field.onKey(key)) this.#cycle = undefined;
    this.#desk.update({});
  }

  onPaste(text: string): void {
    this.field.insert(text.trim());
    this.#desk.update({});
  }

  onEnter(): void {
    const text = this.field.text.trim();
    if (text === '') return;
    const [name = '', ...rest] = text.split(/\s+/);
    const known = this.#commands.filter(({ id }) => id.startsWith(name));
    const command = this.#commandOf(name) ?? (known.length === 1 ? known[0] : undefined);
    if (command !== undefined) runCommand(this.#desk, command, rest.join(' '));
    else {
      const names = known.map(({ id }) => id).join(', ');
      this.#desk.say(
        'hint',
        names === '' ? `there is no command "${name}"; ? shows all` : `"${name}" could be ${names}`,
      );
    }
  }

  #complete(): string[] {
    const [, name = '', argument] = /^(\S*)(?:\s+(.*))?$/.exec(this.field.text) ?? [];
    if (argument === undefined) {
      return this.#commands.map(({ id }) => id).filter((id) => id.startsWith(name));
    }
    const values = this.#commandOf(name)?.argument?.values?.(this.#desk) ?? [];
    return values.filter((value) => value.startsWith(argument)).map((value) => `${name} ${value}`);
  }

  #cycleBy(by: 1 | -1): void {
    if (this.#cycle === undefined) {
      const candidates = this.#complete();
      if (candidates.length === 0) return;
      this.#cycle = { candidates, index: by === 1 ? 0 : candidates.length - 1 };
    } else {
      const { candidates, index } = this.#cycle;
      this.#cycle.index = (index + by + candidates.length) % candidates.length;
    }
    this.field.set(this.#cycle.candidates[this.#cycle.index] ?? '');
    // One that takes an argument is not complete with its name.
    if (this.#cycle.candidates.length === 1) {
      this.#cycle = undefined;
      if (this.#commandOf(this.field.text)?.argument !== undefined) this.field.insert(' ');
    }
  }

  #commandOf(name: string): Command | undefined {
    return this.#commands.find(({ id }) => id === name);
  }
}
