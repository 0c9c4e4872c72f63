import type { ChangeWatch, SeenRequest, WatchNews } from '../../src/director/change-watch.ts';
import type { TableRequest } from '../../src/ipvs/table-request.ts';

/** A watch that a test speaks for. */
export interface FakeWatch extends ChangeWatch {
  tell(news: WatchNews): void;
}

/** Makes one; what it tells before it is started nobody hears. */
export function fakeWatch(): FakeWatch {
  let hear: ((news: WatchNews) => void) | undefined;
  return {
    start(tell) {
      hear = tell;
    },
    settled: () => Promise.resolve(),
    stop() {
      hear = undefined;
    },
    tell: (news) => hear?.(news),
  };
}

/** A request of ada's, who is root by sudo over SSH, with a program of that name. */
export function seenRequest(
  request: TableRequest,
  { name = 'ipvsadm', pid = 4711, time = Date.now(), errno = null as string | null } = {},
): SeenRequest {
  return {
    request,
    time,
    errno,
    writer: {
      kind: 'process',
      facts: {
        pid,
        start: '100',
        name,
        command: [name, '-e'],
        userId: 0,
        loginUserId: null,
        callers: [],
        environments: [{ SUDO_USER: 'ada' }, { SSH_CONNECTION: '192.0.2.7 50122 203.0.113.1 22' }],
      },
    },
  };
}
