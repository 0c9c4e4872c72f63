import type { ServiceIdentity } from '../ipvs/identity.ts';
import type { Tunnel } from '../ipvs/tunnel.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { ForwardingChoice } from './mode-rules.ts';
import type { NetworkFacts } from './network-facts.ts';

/** What the network rules look at: a real server in its service, and how packets are to reach it. */
export interface NetworkChoice extends ForwardingChoice {
  /** `null` where it may not be read; then rules that depend on it find nothing. */
  readonly tunnel: Tunnel | null;
}

/**
 * A rule of the forwarding modes that depends on this machine's network as it is just now. It never refuses
 * anything: a table is often loaded before the network is whole.
 */
export type NetworkRule = RuleFacts & (ServiceRule | RealServerRule);

interface RuleFacts {
  /** Short, and never changed: findings use it. */
  readonly id: string;
  /** What it looks for, one line. */
  readonly title: string;
  /** How it is broken, in two or three words, to show beside a mode that is being chosen. */
  readonly briefly: string;
  /** What it rests on: the LVS project's own documents, files of the kernel, practice. */
  readonly restsOn: readonly string[];
  /** Set if the rule depends on the tunnel, which only those with the right may read. */
  readonly needsTunnel?: true;
}

interface ServiceRule {
  /** A finding is about the service, whatever its real servers. */
  readonly about: 'service';
  /** How the rule is broken; `undefined` when it is not, or when too little is known. */
  readonly find: (service: ServiceIdentity, network: NetworkFacts) => Diagnosis | undefined;
}

interface RealServerRule {
  /** A finding is about the whole director, or about the one real server. */
  readonly about: 'director' | 'real server';
  /** How the rule is broken; `undefined` when it is not, or when too little is known. */
  readonly find: (choice: NetworkChoice, network: NetworkFacts) => Diagnosis | undefined;
}
