import type { FirewallTarget } from '../../forwarding/firewall/firewall.ts';
import type { NftExpression, NftVerdict } from '../../netlink/network/nftables-expressions.ts';
import { metaKeys } from './nftables-loads.ts';
import { type Loaded, numberOf, type Progress } from './nftables-progress.ts';
import { readTarget } from './packed-table.ts';

/** What a step does with the packet; `undefined` for one that only compares or loads something. */
export function targetOf(expression: NftExpression, now: Progress): FirewallTarget | undefined {
  switch (expression.kind) {
    case 'verdict':
      return verdictTarget(expression.verdict);
    case 'target': {
      const { name, revision } = expression;
      const { target } = readTarget({ name, revision, data: Buffer.from(expression.data) }, false);
      return target;
    }
    case 'set':
      return expression.what === 'meta' && expression.key === metaKeys.mark
        ? markTarget(now.registers.get(expression.register))
        : expression.what === 'payload'
          ? { kind: 'other', name: 'payload set' }
          : undefined;
    case 'other':
      switch (expression.name) {
        case 'reject':
          return { kind: 'drop', name: 'REJECT' };
        case 'notrack':
          return { kind: 'notrack' };
        case 'masq':
          return { kind: 'other', name: 'MASQUERADE' };
        case 'nat':
        case 'redir':
          return { kind: 'other', name: expression.name };
        case 'queue':
        case 'synproxy':
        case 'tproxy':
        case 'fwd':
          return { kind: 'unknown', name: expression.name };
        default:
          return undefined;
      }
    default:
      return undefined;
  }
}

/** Whether a rule ends with this target. */
export function endsRule({ kind }: FirewallTarget): boolean {
  return kind !== 'mark' && kind !== 'notrack' && kind !== 'other';
}

/** What a verdict does; `undefined` where the rule goes on. */
export function verdictTarget(verdict: NftVerdict): FirewallTarget | undefined {
  switch (verdict.kind) {
    case 'accept':
    case 'return':
      return { kind: verdict.kind };
    case 'drop':
      return { kind: 'drop', name: 'DROP' };
    case 'jump':
    case 'goto':
      return { kind: 'jump', chain: verdict.chain, comesBack: verdict.kind === 'jump' };
    case 'queue':
      return { kind: 'unknown', name: 'queue' };
    case 'continue':
      return undefined;
  }
}

/** A mark that is set whole, or some bits of it. */
function markTarget(value: Loaded | Uint8Array | undefined): FirewallTarget {
  if (value instanceof Uint8Array)
    return { kind: 'mark', mark: Number(numberOf(value, true)), mask: 0xffffffff };
  if (value?.field === 'mark' && value.mask !== null)
    return { kind: 'mark', mark: Number(value.xor), mask: Number(~value.mask & 0xffffffffn) };
  return { kind: 'other', name: 'mark set' };
}
