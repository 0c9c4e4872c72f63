import { completeFilter } from '../formats/filter/complete-filter.ts';
import type { FilterField, FilterSubject } from '../formats/filter/filter-field.ts';
import { type FilterReading, readFilter } from '../formats/filter/read-filter.ts';
import { isInSubnet } from '../ipvs/subnet.ts';
import { type ConnectionFacts, origins } from './connection-facts.ts';

/** The fields of a connection that a filter can name. */
const fields: readonly FilterField<ConnectionFacts>[] = [
  text(['client'], ({ client }) => client),
  text(['service'], ({ owner }) => owner.service),
  text(['real', 'realserver'], ({ owner }) => owner.realServer),
  text(['called', 'virtual'], ({ virtual }) => virtual),
  text(['state'], ({ state }) => state),
  number(['idle'], ({ idle }) => idle),
  number(['left', 'expires'], ({ left }) => left),
  number(['port'], ({ clientPort }) => clientPort),
  number(['weight'], ({ owner }) => owner.weight),
  {
    kind: 'word',
    words: ['origin'],
    values: origins,
    isMoving: false,
    has: ({ origin }, value) => origin === value,
  },
];

const subject: FilterSubject<ConnectionFacts> = {
  fields,
  holds: ({ client, owner, state }, word) =>
    client.includes(word) ||
    owner.service.includes(word) ||
    owner.realServer.includes(word) ||
    state.toLowerCase().includes(word),
  isWithin: ({ clientAddress }, { network, prefixLength }) =>
    clientAddress.includes(':') === network.includes(':') && isInSubnet(clientAddress, network, prefixLength),
};

/** Reads a filter on connections; subnets in it are those of clients. */
export function connectionFilter(text: string): FilterReading<ConnectionFacts> {
  return readFilter(text, subject);
}

/** Completions of a filter, each as the whole text. */
export function completeConnectionFilter(text: string): readonly string[] {
  return completeFilter(text, fields);
}

function text(
  words: readonly string[],
  of: (facts: ConnectionFacts) => string,
): FilterField<ConnectionFacts> {
  return { kind: 'text', words, isMoving: false, of: (facts) => of(facts).toLowerCase() };
}

function number(
  words: readonly string[],
  of: (facts: ConnectionFacts) => number | null,
): FilterField<ConnectionFacts> {
  return { kind: 'number', words, isMoving: true, of };
}
