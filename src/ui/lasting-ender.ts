import { IpvsError } from '../ipvs/error.ts';
import type { LastingTools } from '../manager/lasting/lasting-change.ts';
import { inTurns } from '../system/turns.ts';
import type { ChangeWriter } from './change-writer.ts';
import type { Desk } from './state/desk.ts';
import { endingName, type LastingEnding, planEnding } from './state/lasting-endings.ts';

/** What endings are carried out with. */
export interface LastingEnderOptions {
  readonly desk: Pick<Desk, 'director' | 'drains' | 'readManaged' | 'say'>;
  readonly writer: Pick<ChangeWriter, 'isWriting' | 'perform' | 'performLasting'>;
  readonly tools: Pick<LastingTools, 'findKeepalived'> & Partial<LastingTools>;
}

/** Carries out endings of drains that go through keepalived's files; the operator has agreed to them with the drain. */
export class LastingEnder {
  readonly #options: LastingEnderOptions;
  #isAtIt = false;

  constructor(options: LastingEnderOptions) {
    this.#options = options;
  }

  /** Carries out the next one that is due, unless something else is being written; called with each view. */
  async take(): Promise<void> {
    const { desk, writer } = this.#options;
    const [ending] = desk.drains.lasting.due;
    if (ending === undefined || writer.isWriting || this.#isAtIt) return;
    this.#isAtIt = true;
    try {
      await this.#carryOut(ending);
    } catch (error) {
      if (!(error instanceof IpvsError)) throw error;
      desk.drains.lasting.close(ending);
      desk.say('refusal', `${endingName(ending)} is empty, but ${error.message}`);
    } finally {
      this.#isAtIt = false;
    }
  }

  async #carryOut(ending: LastingEnding): Promise<void> {
    const { desk, writer, tools } = this.#options;
    const { lasting: endings } = desk.drains;
    const managed = await inTurns(desk.readManaged());
    if (managed === null) {
      endings.close(ending);
      desk.say('refusal', `${endingName(ending)} is empty and stays at weight 0: no keepalived is seen here`);
      return;
    }
    const { lasting, plan } = await inTurns(planEnding(desk.director, managed, ending));
    // Something else may be written by now; then it is planned again with a later view.
    if (writer.isWriting) return;
    endings.close(ending);
    const preview = { kind: 'plan', plan } as const;
    if (lasting === null) await writer.perform([preview], { isUnasked: true });
    else await writer.performLasting({ ...tools, isUnasked: true }, lasting, preview);
  }
}
