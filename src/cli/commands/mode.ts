import type { Command } from 'commander';
import { makePlan } from '../../changes/plan/make-plan.ts';
import { type GuideLine, modeSwitchGuide, switchedAddresses } from '../../changes/plan/mode-switch-guide.ts';
import { doubtSentences, networkDoubts } from '../../changes/plan/network-doubts.ts';
import type { Plan } from '../../changes/plan/plan.ts';
import { modeDemands } from '../../forwarding/mode-demands.ts';
import { type NetworkFacts, networkFacts, unknownNetwork } from '../../forwarding/network-facts.ts';
import { forwardingModes } from '../../ipvs/forwarding-method.ts';
import { parseService } from '../../ipvs/identity.ts';
import { allAtOnce } from '../../system/turns.ts';
import { type CommandContext, withDirector } from '../context/context.ts';
import { carryOutPlan } from '../edits/carry-out.ts';
import { carryOutLasting, lastingRemarks } from '../edits/carry-out-lasting.ts';
import { networkAround } from '../edits/network-around.ts';
import { addOptions, createCommand, optionValues } from '../options/command.ts';
import { editWriteOptions } from '../options/option-table.ts';
import { readWord } from '../options/option-values.ts';
import { readRealServer } from '../options/real-server-change.ts';

/** `lvstop mode SERVICE [REAL] nat|tun|dr`. */
export function modeCommand(context: CommandContext): Command {
  const modes = forwardingModes.join('|');
  const command = createCommand(
    context,
    'mode',
    'switch the forwarding mode of a real server, or of all of a service',
  )
    .usage(`SERVICE [REAL] ${modes} [options]`)
    .argument('<service>', 'the service, like tcp:203.0.113.10:80')
    .argument(`<real-or-mode>`, "a real server, like 10.0.0.21:8080; left out, all of the service's")
    .argument('[mode]', modes)
    .addHelpText('after', `\nWhat the modes demand:\n${demandLines()}`)
    .action(async (service: string, realOrMode: string, last: string | undefined) => {
      const identity = parseService(service);
      const mode = readWord('mode', last ?? realOrMode, forwardingModes);
      const realServer = last === undefined ? null : readRealServer(identity, realOrMode);
      const options = optionValues(command, editWriteOptions);
      await withDirector(context, { demo: options.demo ?? false }, async (director) => {
        const intention = { kind: 'switch mode', service: identity, realServer, mode } as const;
        const addresses = switchedAddresses(allAtOnce(makePlan(director, [intention])).steps);
        const network = await networkAround(context, director, addresses, options.demo);
        if (
          options.lasting === true &&
          (await carryOutLasting(context, director, [intention], options, network))
        ) {
          return;
        }
        const plan = allAtOnce(makePlan(director, [intention], network));
        if (plan.steps.length === 0 && options.planJson !== true && options.planned === undefined) {
          context.console.err('already so: nothing to do');
          return;
        }
        const { plan: told, guide } = guided(plan, network);
        const remarks = [...lastingRemarks(context, options, [intention]), ...guide];
        await carryOutPlan(context, director, told, options, remarks);
      });
    });
  return addOptions(command, editWriteOptions);
}

/**
 * The guide to what the switch needs beside the table, and the plan without the warnings that the guide gives in full.
 */
function guided(plan: Plan, network: NetworkFacts | undefined): { plan: Plan; guide: string[] } {
  // Of an unknown network the guide says that it was not looked at.
  const known = network ?? networkFacts(unknownNetwork, () => undefined);
  const told = new Set(doubtSentences(networkDoubts(plan.steps, known)));
  return {
    plan: { ...plan, warnings: plan.warnings.filter((warning) => !told.has(warning)) },
    guide: modeSwitchGuide(plan.steps, known).map(guideText),
  };
}

function guideText({ kind, text }: GuideLine): string {
  return kind === 'heading'
    ? `${text}:`
    : kind === 'error' || kind === 'warning'
      ? `  ${kind}: ${text}`
      : `  ${text}`;
}

function demandLines(): string {
  return forwardingModes
    .flatMap((mode) => {
      const { director, realServer, network } = modeDemands[mode];
      return [
        `  ${mode.padEnd(3)}  director     ${director}`,
        `       real server  ${realServer}`,
        `       network      ${network}`,
      ];
    })
    .join('\n');
}
