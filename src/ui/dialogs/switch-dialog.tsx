import {
  type GuideLine,
  modeSwitchGuide,
  serverSwitches,
  switchedAddresses,
} from '../../changes/plan/mode-switch-guide.ts';
import { doubtSentences, networkDoubts } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { modeDemands } from '../../forwarding/mode-demands.ts';
import { type NetworkFacts, networkFacts, unknownNetwork } from '../../forwarding/network-facts.ts';
import { IpvsError } from '../../ipvs/error.ts';
import { isForwardingMode } from '../../ipvs/forwarding-method.ts';
import type { KeyEvent } from '../../terminal/keys.ts';
import { remembering } from '../kit/remembering.ts';
import type { Desk } from '../state/desk.ts';
import type { Dialog } from '../state/dialog.ts';
import type { Preview } from '../state/preview.ts';
import { told } from './preview-lines.ts';
import { ScriptDialog } from './script-dialog.tsx';
import { type DialogLine, ScrolledDialog } from './scrolled-dialog.tsx';

/**
 * Asks before modes are switched: what changes in the kernel, what becomes of connections, what the doctor will say,
 * and what is to be done on each real server. Its key, y, asks for nothing anywhere else.
 */
export class SwitchDialog extends ScrolledDialog {
  readonly title: string;
  readonly keys = 'y do it   s scripts   ↑ ↓ scroll   Esc back';
  override get height(): number {
    return 20;
  }
  readonly behind: Dialog;
  readonly #preview: Extract<Preview, { kind: 'plan' }>;
  readonly #linesFor = remembering(linesOf);
  #network: NetworkFacts = networkFacts(unknownNetwork, () => undefined);

  /** `behind` is where the mode was chosen. */
  constructor(desk: Desk, title: string, preview: Extract<Preview, { kind: 'plan' }>, behind: Dialog) {
    super(desk);
    this.title = title;
    this.#preview = preview;
    this.behind = behind;
    void this.#lookAround();
  }

  protected onOwnKey(key: KeyEvent): boolean {
    if (key.text === 'y') void this.desk.perform(this.#preview);
    else if (key.text === 's') this.#openScripts();
    else if (key.text === 'n') this.desk.openDialog(this.behind);
    else return false;
    return true;
  }

  protected lines(): readonly DialogLine[] {
    return this.#linesFor(this.#preview.plan, this.#network);
  }

  #openScripts(): void {
    const choices = serverSwitches(this.#preview.plan.steps).flatMap(({ service, after }) => {
      const { identity: realServer, forwarding, tunnel } = after;
      return isForwardingMode(forwarding) ? [{ service, realServer, forwarding, tunnel }] : [];
    });
    if (choices.length > 0) {
      this.desk.openDialog(new ScriptDialog(this.desk, choices, this));
    }
  }

  /** The rules of the network ask for routes and settings, which take their time to be read. */
  async #lookAround(): Promise<void> {
    const { network, machine } = this.desk;
    if (network === undefined || machine === undefined) return;
    try {
      const picture = await network.picture(switchedAddresses(this.#preview.plan.steps));
      const { sysctl } = await machine.sample();
      this.#network = networkFacts(picture, sysctl);
    } catch (error) {
      // The guide says that the network was not looked at.
      if (!(error instanceof IpvsError)) throw error;
    }
    this.desk.dialogChanged();
  }
}

function linesOf({ steps, lines, warnings }: Plan, network: NetworkFacts): readonly DialogLine[] {
  // What a mode demands, and what the network speaks against, is told in full below.
  const toldBelow = new Set([
    ...Object.values(modeDemands).map(({ summary }) => summary),
    ...doubtSentences(networkDoubts(steps, network)),
  ]);
  const others = warnings.filter((warning) => !toldBelow.has(warning));
  return [
    ...told(lines, 'ipvsadm line').map((text): DialogLine => ({ text, color: 'cyan' })),
    ...told(others, 'warning').map((warning): DialogLine => ({ text: `▲ ${warning}`, color: 'yellow' })),
    ...modeSwitchGuide(steps, network).map(guideLine),
  ];
}

function guideLine({ kind, text }: GuideLine): DialogLine {
  switch (kind) {
    case 'heading':
      return { text, bold: true };
    case 'text':
      return { text: `  ${text}` };
    case 'command':
      return { text: `  ${text}`, color: 'cyan' };
    case 'error':
      return { text: `✗ ${text}`, color: 'redBright' };
    case 'warning':
      return { text: `▲ ${text}`, color: 'yellow' };
  }
}
