import type { KeyEvent } from '../../terminal/keys.ts';
import { Completion } from '../kit/completion.ts';
import { TextField } from '../kit/text-field.ts';
import { type Command, runCommand } from '../state/command.ts';
import type { Desk } from '../state/desk.ts';
import type { TypedLine } from '../state/typed-line.ts';

/** The line that `:` opens: a command's name, and an argument for those that take one, with completion. */
export class CommandLine implements TypedLine {
  readonly label = ':';
  readonly field = new TextField();
  readonly #desk: Desk;
  readonly #commands: readonly Command[];
  readonly #completion: Completion;

  /** The commands are handed in, since one of them opens this line and an import would lead back here. */
  constructor(desk: Desk, commands: readonly Command[]) {
    this.#desk = desk;
    this.#commands = commands;
    this.#completion = new Completion(this.field, () => this.#complete());
  }

  /** What the line could be completed to, each as the whole line. */
  get offer(): string {
    return this.#completion.candidates.join('  ');
  }

  onKey(key: KeyEvent): void {
    const { text } = this.field;
    if (!this.#completion.onKey(key)) this.field.onKey(key);
    // A command that takes an argument is not complete with its name.
    else if (text !== this.field.text && this.#completion.candidates.length === 0) {
      if (this.#commandOf(this.field.text)?.argument !== undefined) this.field.insert(' ');
    }
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

  #commandOf(name: string): Command | undefined {
    return this.#commands.find(({ id }) => id === name);
  }
}
