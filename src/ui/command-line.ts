import type { KeyEvent } from '../terminal/keys.ts';
import { commands, runCommand } from './commands.ts';
import { TextField } from './kit/text-field.ts';
import type { Command } from './state/command.ts';
import type { Desk } from './state/desk.ts';
import type { TypedLine } from './state/typed-line.ts';

/** The line that `:` opens: a command's name, and an argument for those that take one, with completion. */
export class CommandLine implements TypedLine {
  readonly field = new TextField();
  readonly #desk: Desk;
  /** What Tab goes through, and where it is; forgotten at the next other key. */
  #cycle: { readonly candidates: readonly string[]; index: number } | undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What the text could become, the whole line each. */
  get candidates(): readonly string[] {
    return this.#cycle?.candidates ?? this.#complete();
  }

  /** Takes a key that is not Esc. Returns `true` when the line is done with. */
  onKey(key: KeyEvent): boolean {
    if (key.name === 'enter') return this.#run();
    if (key.name === 'tab') {
      this.#cycleBy(key.shift ? -1 : 1);
    } else if (this.field.onKey(key)) {
      this.#cycle = undefined;
    }
    return false;
  }

  #complete(): string[] {
    const { text } = this.field;
    const [, name = '', argument] = /^(\S*)(?:\s+(.*))?$/.exec(text) ?? [];
    if (argument === undefined) return commands.map(({ id }) => id).filter((id) => id.startsWith(name));
    const command = commandOf(name);
    const values = command?.argument?.values(this.#desk) ?? [];
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
      if (commandOf(this.field.text)?.argument !== undefined) this.field.insert(' ');
    }
  }

  #run(): boolean {
    const text = this.field.text.trim();
    if (text === '') return true;
    const [name = '', ...rest] = text.split(/\s+/);
    const known = commands.filter(({ id }) => id.startsWith(name));
    const command = commandOf(name) ?? (known.length === 1 ? known[0] : undefined);
    if (command === undefined) {
      this.#desk.say(
        'hint',
        known.length === 0
          ? `there is no command "${name}"; ? shows all`
          : `"${name}" could be ${known.map(({ id }) => id).join(', ')}`,
      );
      return true;
    }
    runCommand(this.#desk, command, rest.join(' '));
    return true;
  }
}

function commandOf(name: string): Command | undefined {
  return commands.find(({ id }) => id === name);
}
