import type { FirewallRule, FirewallTarget } from '../../forwarding/firewall/firewall.ts';
import type { NftExpression } from '../../netlink/network/nftables-expressions.ts';
import type { NftRuleset, NftTable } from '../../netlink/network/nftables-ruleset.ts';
import { asked, compared, nothing } from './nftables-conditions.ts';
import { masked, metaOf, payloadOf } from './nftables-loads.ts';
import { type Progress, unknownField, withMatch, withRegister } from './nftables-progress.ts';
import { rangesOf } from './nftables-sets.ts';
import { endsRule, targetOf, verdictTarget } from './nftables-targets.ts';
import { readMatch } from './packed-table.ts';

/** A rule with more outcomes than this is not taken apart: it has a map of thousands of addresses, say. */
const mostOutcomes = 2000;

/** Statements after which a rule goes on as before, as far as a packet to IPVS is concerned. */
const harmless = new Set(['log', 'dup', 'flow_offload', 'last', 'objref']);

/** Reads one rule of nftables, step by step; one with a map becomes a rule for each of its elements. */
export class RuleReading {
  readonly rules: FirewallRule[] = [];
  readonly #ruleset: NftRuleset;
  readonly #table: NftTable;

  constructor(ruleset: NftRuleset, table: NftTable) {
    this.#ruleset = ruleset;
    this.#table = table;
  }

  /** Follows a rule from the step `from` on, and adds what comes of it to `rules`. */
  follow(expressions: readonly NftExpression[], from: number, start: Progress): void {
    let now = start;
    for (let place = from; place < expressions.length; place++) {
      const expression = expressions[place];
      if (expression === undefined) break;
      if (expression.kind === 'lookup' && expression.into !== null) {
        this.#branch(expressions, place, expression, now);
        return;
      }
      const target = targetOf(expression, now);
      if (target !== undefined) {
        this.#add(now, target);
        // A rule may do more than one thing before it is over: mark, and accept.
        if (endsRule(target)) return;
        continue;
      }
      now = this.#step(expression, now);
    }
    // A rule without a verdict counts or logs, and does not matter to where a packet goes.
  }

  #add({ rule }: Progress, target: FirewallTarget): void {
    this.rules.push({ ...rule, target });
  }

  #step(expression: NftExpression, now: Progress): Progress {
    switch (expression.kind) {
      case 'payload':
        return payloadOf(expression, now);
      case 'meta':
      case 'ct':
        return withRegister(now, expression.register, metaOf(expression));
      case 'bitwise':
        return withRegister(now, expression.register, masked(now.registers.get(expression.from), expression));
      case 'byteorder': {
        const loaded = now.registers.get(expression.from);
        return withRegister(
          now,
          expression.register,
          loaded === undefined || loaded instanceof Uint8Array
            ? unknownField
            : { ...loaded, isHostOrder: !loaded.isHostOrder },
        );
      }
      case 'value':
        return withRegister(now, expression.register, expression.value);
      case 'counter':
        return { ...now, rule: { ...now.rule, packets: expression.packets } };
      case 'compare':
        return compared(now, expression);
      case 'range':
        return asked(now, expression.register, [{ first: expression.first, last: expression.last }], {
          isInverted: expression.isInverted,
        });
      case 'lookup': {
        const set = this.#ruleset.setOf(this.#table.family, this.#table.name, expression.set);
        const name = `@${expression.set}`;
        if (set === undefined) return withMatch(now, { kind: 'other', name });
        const ranges = rangesOf(set);
        // With an element for all other keys, every packet matches.
        if (ranges.some(({ key }) => key === null))
          return expression.isInverted ? withMatch(now, nothing) : now;
        return asked(
          now,
          expression.register,
          ranges.flatMap(({ key }) => key ?? []),
          {
            isInverted: expression.isInverted,
            ...(!expression.set.startsWith('__') && { set: name }),
          },
        );
      }
      case 'match':
        return readMatch({
          name: expression.name,
          revision: expression.revision,
          data: Buffer.from(expression.data),
        }).reduce(withMatch, now);
      case 'other':
        if (harmless.has(expression.name)) return now;
        // It may load what is not judged here into any register: the comparison that follows is not understood either.
        return withMatch({ ...now, registers: new Map() }, { kind: 'other', name: expression.name });
      default:
        return now;
    }
  }

  /** Goes on once for each element of a map. */
  #branch(
    expressions: readonly NftExpression[],
    place: number,
    { set: name, register, into }: Extract<NftExpression, { kind: 'lookup' }>,
    now: Progress,
  ): void {
    const set = this.#ruleset.setOf(this.#table.family, this.#table.name, name);
    const rest = withMatch(now, { kind: 'other', name: `map @${name}` });
    if (set === undefined || set.elements.length > mostOutcomes) {
      this.#add(rest, { kind: 'unknown', name: `map @${name}` });
      return;
    }
    for (const { key, data } of rangesOf(set)) {
      const then = key === null ? now : asked(now, register, key, { isInverted: false });
      const verdict = data?.verdict;
      if (into === 'verdict') {
        const target = verdict === undefined ? undefined : verdictTarget(verdict);
        if (target !== undefined) this.#add(then, target);
      } else if (into !== null) {
        this.follow(expressions, place + 1, withRegister(then, into, data?.value ?? unknownField));
      }
    }
  }
}
