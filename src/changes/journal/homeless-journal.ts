import { type Journal, JournalError } from './journal.ts';

/** The journal of a user without a home folder: it is empty, and cannot be written. */
export function createHomelessJournal(): Journal {
  const place = 'of this user';
  const refuse = (): never => {
    throw new JournalError(place, 'this user has no home folder');
  };
  return {
    place,
    begin: refuse,
    *read() {
      yield;
      return { changes: [], damages: [], problem: 'this user has no home folder' };
    },
    *readUnfinished() {
      yield;
      return [];
    },
    settle: refuse,
    judge: refuse,
  };
}
