import type { ServiceIdentity } from '../ipvs/identity.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { ForwardingChoice } from './mode-rules.ts';
import type { NetworkFacts } from './network-facts.ts';

/** What the rules of the network look at: a real server in its service, and how packets shall reach it. */
export interface NetworkChoice extends ForwardingChoice {
  /** `null` where it may not be read; what goes by it is not found then. */
  readonly tunnel: Tunnel | null;
}

/**
 * A rule of the forwarding modes that depends on this machine's network as it is just now. It never refuses
 * anything: a table is often loaded before the network is whole.
 */
export type NetworkRule = RuleFacts & (ServiceRule | RealServerRule);

interface RuleFacts {
  /** Short and lasting: findings name it. */
  readonly id: string;
  /** What it looks for, one line. */
  readonly title: string;
  /** What breaks it, in two or three words, beside a mode that is being chosen. */
  readonly briefly: string;
  /** What it rests on: the source that the project started from, files of the kernel, practice. */
  readonly restsOn: readonly string[];
  /** It goes by the tunnel, which only those with the right may read. */
  readonly needsTunnel?: true;
}

interface ServiceRule {
  /** What it finds is wrong with the service, whatever its real servers. */
  readonly about: 'service';
  /** What breaks the rule; `undefined` when nothing does, or when too little is known. */
  readonly find: (service: ServiceIdentity, network: NetworkFacts) => Diagnosis | undefined;
}

interface RealServerRule {
  /** What it finds is wrong with the whole director, or with the one real server. */
  readonly about: 'director' | 'real server';
  /** As above. */
  readonly find: (choice: NetworkChoice, network: NetworkFacts) => Diagnosis | undefined;
}
