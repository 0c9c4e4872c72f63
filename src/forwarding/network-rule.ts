import type { Tunnel } from '../ipvs/tunnel.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { ForwardingChoice } from './mode-rules.ts';
import type { NetworkFacts } from './network-facts.ts';

/** What the rules of the network look at: a real server in its service, and how packets shall reach it. */
export interface NetworkChoice extends ForwardingChoice {
  readonly tunnel: Tunnel;
}

/**
 * A rule of the forwarding modes that depends on this machine's network as it is just now. It never refuses
 * anything: a table is often loaded before the network is whole.
 */
export interface NetworkRule {
  /** Short and lasting: findings name it. */
  readonly id: string;
  /** What it looks for, one line. */
  readonly title: string;
  /** What it rests on: the source that the project started from, files of the kernel, practice. */
  readonly restsOn: readonly string[];
  /** What it finds is wrong with: the whole director, the service, or the one real server. */
  readonly about: 'director' | 'service' | 'real server';
  /** What breaks the rule; `undefined` when nothing does, or when too little is known. */
  readonly find: (choice: NetworkChoice, network: NetworkFacts) => Diagnosis | undefined;
}
