import type { Family } from '../../ipvs/family.ts';
import { familyOption, hostPrefix, type RealServerSetup, someClient } from './real-server-setup.ts';
import type { SetupStep } from './setup-step.ts';
import { shellLine } from './shell.ts';

/** A step for a setting below `/proc/sys` that must have one of a few values; the first is the one to write. */
export function sysctlStep(path: string, values: readonly [number, ...number[]], why: string): SetupStep {
  const file = `/proc/sys/${path}`;
  const name = path.replaceAll('/', '.');
  return {
    key: `sysctl,${name}`,
    what: `${name}=${values[0]}`,
    why,
    is: [`case $(cat ${file} 2>/dev/null) in ${values.join(' | ')}) return 0 ;; esac`, 'return 1'],
    remedy: {
      kind: 'change',
      was: [`cat ${file}`],
      make: [`echo ${values[0]} >${file}`],
      unmake: [`[ ! -e ${file} ] || echo "$1" >${file}`],
    },
    lasting: { kind: 'sysctl', path, value: values[0] },
  };
}

/**
 * A step for an address on a device that only this machine uses. On lo, an IPv4 address with a shorter prefix would
 * make the whole subnet local, so that answers to clients in it never leave (`fib_add_ifaddr` in
 * `net/ipv4/fib_frontend.c`): such an address is replaced. Elsewhere, and in IPv6, the length does no harm.
 */
export function addressStep(family: Family, address: string, device: string, why: string): SetupStep {
  const prefix = `${address}/${hostPrefix(family)}`;
  const words = ['ip', familyOption(family), 'address'];
  const listed = `${shellLine('ip', familyOption(family), '-o', 'address', 'show', 'dev', device, 'to', prefix)} 2>/dev/null`;
  const mustBeHost = family === 'inet' && device === 'lo';
  const lengths = `${listed} | sed -n 's/.* inet6* \\([^ ]*\\) .*/\\1/p'`;
  const wrong = `${lengths} | grep -vxF ${prefix}`;
  const isThere = mustBeHost ? `${lengths} | grep -qxF ${prefix}` : `[ -n "$(${listed})" ]`;
  return {
    key: `address,${address},${device}`,
    what: `${mustBeHost ? prefix : address} on ${device}`,
    why:
      family === 'inet'
        ? `${why}${mustBeHost ? ' With a shorter prefix the whole net would be local here, and answers to clients in it would never leave.' : ''}`
        : `${why} Deprecated (preferred_lft 0), it is never chosen as the source of this machine's own connections.`,
    is: [isThere, ...(mustBeHost ? [`[ -z "$(${wrong})" ]`] : [])].join(' && ').split('\n'),
    remedy: {
      kind: 'change',
      was: mustBeHost ? [`${wrong} | tr '\\n' ' '`] : [],
      make: [
        ...(mustBeHost
          ? [`for wrong in $(${wrong}); do ip -4 address del "$wrong" dev ${device}; done`, `${isThere} ||`]
          : []),
        shellLine(
          ...[...words, 'add', prefix, 'dev', device],
          ...(family === 'inet' ? ['label', `${device}:lvs`] : ['nodad', 'preferred_lft', '0']),
        ),
      ],
      unmake: [
        `[ -z "$(${listed})" ] || ${shellLine(...words, 'del', prefix, 'dev', device)}`,
        ...(mustBeHost ? [`for former in $1; do ip -4 address add "$former" dev ${device}; done`] : []),
      ],
    },
    lasting: { kind: 'address', family, prefix, device },
  };
}

/**
 * Keeps a machine that has virtual addresses from answering and announcing them. IPv6 needs nothing of the kind: the
 * kernel answers a neighbour solicitation only for an address of the interface that it came in by (`ndisc_recv_ns` in
 * `net/ipv6/ndisc.c`), and lo and tunnels get none.
 */
export function silentAddressSteps(family: Family): SetupStep[] {
  if (family === 'inet6') return [];
  return [
    sysctlStep(
      'net/ipv4/conf/all/arp_ignore',
      [1, 2, 8],
      'Who has the virtual address? The director answers that, and nobody else: with 1 this machine answers ARP only for addresses of the interface that the question came in by. The kernel takes the greater of "all" and the interface\'s own value, so "all" is enough.',
    ),
    sysctlStep(
      'net/ipv4/conf/all/arp_announce',
      [2],
      "When this machine asks others for their MAC addresses, it must not name the virtual address as its own, or they would send the director's packets here.",
    ),
  ];
}

/** `IFF_NOARP` of `include/uapi/linux/if.h`: the device asks and answers nobody. */
const noArp = '0x80';

/**
 * Looks whether other machines hear of virtual addresses: an interface answers for its own ones, whatever `arp_ignore`
 * says short of 8, and in IPv6 always.
 */
export function unheardSteps({ service: { family }, virtualAddresses }: RealServerSetup): SetupStep[] {
  return virtualAddresses.map((address) => {
    const listed = shellLine('ip', familyOption(family), '-o', 'address', 'show', 'to', address);
    return {
      key: `unheard,${address}`,
      what: `${address} on no interface that answers other machines for it`,
      why: 'An interface that has the virtual address answers neighbours who ask for it, and so draws clients past the director.',
      is: [
        ...(family === 'inet'
          ? ['[ "$(cat /proc/sys/net/ipv4/conf/all/arp_ignore 2>/dev/null)" != 8 ] || return 0']
          : []),
        `for device in $(${listed} 2>/dev/null | sed 's/^[0-9]*: \\([^ ]*\\) .*/\\1/'); do`,
        `  [ "$device" = lo ] || [ $(($(cat "/sys/class/net/$device/flags") & ${noArp})) -ne 0 ] || return 1`,
        'done',
        'return 0',
      ],
      remedy: {
        kind: 'advice',
        // The kernel deletes an address only with the prefix that it was added with.
        text: `"${listed}" names the interface and the prefix: delete it there ("ip ${familyOption(family)} address del ${address}/PREFIX dev INTERFACE"), unless this machine is a director itself and in charge now${family === 'inet' ? ', or arptables keeps the interface from answering' : ''}`,
      },
    };
  });
}

/** Under TUN and DR the real server answers clients itself, and needs a route to do so. */
export function wayToClientsStep({ service: { family }, virtualAddresses }: RealServerSetup): SetupStep[] {
  return virtualAddresses.slice(0, 1).map((address) => ({
    key: `way,${address}`,
    what: `a default route for answers from ${address}`,
    why: 'The real server answers clients by itself, by its own routes. Without a default route it answers those only that are on its own links.',
    is: [
      `${shellLine('ip', familyOption(family), 'route', 'get', someClient[family], 'from', address)} >/dev/null 2>&1`,
    ],
    remedy: {
      kind: 'advice',
      isOptional: true,
      text: 'give this machine a default gateway that is not the director, unless all clients are on its own links',
    },
  }));
}

/**
 * Under TUN and DR the route to the clients must not lead through the director: it would drop answers that bear its
 * own address.
 */
export function answersElsewhereSteps({ service, virtualAddresses, director }: RealServerSetup): SetupStep[] {
  if (director === null) return [];
  const { family } = service;
  return virtualAddresses.slice(0, 1).map((address) => ({
    key: `answers,${address}`,
    what: `answers from ${address} do not go through the director, ${director}`,
    why: 'The director has the virtual address itself, so the kernel there drops packets that come in with it as their source.',
    is: [
      `case "$(${shellLine('ip', familyOption(family), 'route', 'get', someClient[family], 'from', address)} 2>/dev/null) " in *" via ${director} "*) return 1 ;; esac`,
    ],
    remedy: {
      kind: 'advice',
      text: `give this machine another default gateway than the director, ${director}`,
    },
  }));
}

/**
 * A step that lets requests pass the reverse path filter: a machine with two interfaces may take requests from the
 * director for forged. The kernel itself is asked what it would do with one, since that depends on its version if a
 * rule looks at ports: older ones leave ports out of the reverse look-up (`__fib_validate_source` in
 * `net/ipv4/fib_frontend.c`). `destination` must be the machine's own address by then.
 */
export function requestStep(
  destination: string,
  director: string,
  selectors: readonly string[] = [],
): SetupStep {
  const device = `device=$(ip -4 -o route get ${director} 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\) .*/\\1/p')`;
  const filter = 'filter=/proc/sys/net/ipv4/conf/$device/rp_filter';
  const request = [`ip -4 route get ${destination} from ${someClient.inet} iif "$device"`, ...selectors].join(
    ' ',
  );
  return {
    key: `requests,${director}`,
    what: `requests to ${destination} that come from the director, ${director}, pass the reverse path filter`,
    why: 'Requests of clients come in from the director, and where this machine would reach the client by another interface, a strict reverse path filter (rp_filter 1) takes them for forgery. 2 lets them pass; the kernel takes the greater of "all" and the interface\'s own value.',
    is: [device, `${request} >/dev/null 2>&1`],
    remedy: {
      kind: 'change',
      was: [device, filter, 'echo "$device $(cat "$filter")"'],
      make: [device, filter, 'echo 2 >"$filter"'],
      unmake: [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion
        'filter=/proc/sys/net/ipv4/conf/${1% *}/rp_filter',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion
        '[ ! -e "$filter" ] || echo "${1#* }" >"$filter"',
      ],
    },
  };
}
