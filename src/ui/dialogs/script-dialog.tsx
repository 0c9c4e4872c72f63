import type { NetworkPicture } from '../../forwarding/network.ts';
import { unknownNetwork } from '../../forwarding/network-facts.ts';
import { type SetupAction, setupScript } from '../../forwarding/setup/script.ts';
import { type SetupChoice, setupObstacle, setupOf } from '../../forwarding/setup/setup-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { forwardingMethodLabel } from '../../ipvs/forwarding-method.ts';
import { formatRealServer } from '../../ipvs/identity.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import { type DialogLine, ScrolledDialog } from './scrolled-dialog.tsx';

const actions: readonly { readonly action: SetupAction; readonly name: string }[] = [
  { action: 'set up', name: 'set up' },
  { action: 'check', name: 'check' },
  { action: 'undo', name: 'take back' },
];

/** The scripts that set real servers up, to be read before they are run; `lvstop setup` prints them. */
export class ScriptDialog extends ScrolledDialog {
  readonly behind?: Dialog;
  readonly #choices: readonly SetupChoice[];
  #network: NetworkPicture = unknownNetwork;
  #index = 0;
  #action = 0;

  /** `choices` must not be empty; `behind` is what Esc leads back to. */
  constructor(desk: Desk, choices: readonly SetupChoice[], behind?: Dialog) {
    super(desk);
    this.#choices = choices;
    if (behind !== undefined) this.behind = behind;
    void this.#lookAround();
  }

  get title(): string {
    const choice = this.#choices[this.#index];
    if (choice === undefined) return 'Set-up';
    const place = this.#choices.length === 1 ? '' : `, ${this.#index + 1} of ${this.#choices.length}`;
    const { name = '' } = actions[this.#action] ?? {};
    return `${forwardingMethodLabel(choice.forwarding)} on ${formatRealServer(choice.realServer)}${place}: ${name}`;
  }

  get keys(): string {
    const others = this.#choices.length === 1 ? '' : '← → real server   ';
    return `${others}Tab set up, check, take back   ↑ ↓ scroll   Esc ${this.behind === undefined ? 'close' : 'back'}`;
  }

  protected onOwnKey(key: KeyEvent): boolean {
    const { length } = this.#choices;
    if (key.name === 'tab') this.#action = (this.#action + 1) % actions.length;
    else if (key.name === 'right') this.#index = (this.#index + 1) % length;
    else if (key.name === 'left') this.#index = (this.#index + length - 1) % length;
    else return false;
    this.toTop();
    this.desk.dialogChanged();
    return true;
  }

  protected lines(): readonly DialogLine[] {
    const choice = this.#choices[this.#index];
    if (choice === undefined) return [];
    const setup = setupOf(choice, this.#network, { director: null, virtualAddresses: [] });
    const obstacle = setupObstacle(setup, this.#network);
    if (obstacle !== undefined) {
      return [
        { text: `✗ ${obstacle.reason}`, color: 'redBright' },
        { text: `  with "lvstop setup": ${obstacle.advice}` },
      ];
    }
    const { action = 'set up' } = actions[this.#action] ?? {};
    return setupScript(setup, action)
      .trimEnd()
      .split('\n')
      .map((text) => ({ text, ...(!text.startsWith('#') && { color: 'cyan' as const }) }));
  }

  async #lookAround(): Promise<void> {
    try {
      const addresses = this.#choices.map(({ realServer }) => realServer.address);
      this.#network = (await this.desk.network?.picture(addresses)) ?? unknownNetwork;
    } catch (error) {
      // What is not known is asked for where it is needed.
      if (!(error instanceof IpvsError)) throw error;
    }
    this.desk.dialogChanged();
  }
}
