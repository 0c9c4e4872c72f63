/** Texts as people write them for keepalived and ipvsadm: mostly right, with what those pass over and take otherwise. */
import fc from 'fast-check';

/** Words of a generated text, of which some are empty. */
const joined = (...words: readonly string[]) => words.filter((word) => word !== '').join(' ');

/** One of some texts, those that stand first more often. */
function often(...texts: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    ...texts.map((text, index) => ({ arbitrary: fc.constant(text), weight: texts.length - index })),
  );
}

const schedulers = ['rr', 'wrr', 'wlc', 'lc', 'sh', 'mh', 'sed', 'nq', 'dh', 'fo', 'ovf', 'lblc', 'lblcr'];
const flags = ['flag-1', 'flag-2', 'flag-3', 'sh-port', 'sh-fallback', 'mh-port', 'mh-fallback'];
const ports = often('80', '', '8080', '0', '443', '00', '80x', '080');
const weights = often('1', '10', '0', '70000', '2147483647', '010', '5x', '2147483648', '-1', '+3', 'x');
const method = often(
  'NAT',
  'DR',
  'TUN',
  'TUN type gue port 6080',
  'TUN type gre csum',
  'TUN type gue port 6080 remcsum',
  'TUN type ipip',
  'dr',
  'TUN type gue',
  'TUN type gre remcsum',
  'TUN type ipip csum',
  'FNAT',
  'NAT type',
);

/** A real server of a few addresses, so that some are there twice. */
const realServerBlock = fc
  .record({
    address: often(
      '198.51.100.1',
      '198.51.100.2',
      '2001:db8:1::1',
      '198.51.100.3/24',
      '198.51.100.4-9',
      'rs1',
    ),
    port: ports,
    weight: fc.option(weights, { nil: '' }),
    method: fc.option(method, { nil: '' }),
    upper: fc.option(often('100', '0', '4294967295', '9x'), { nil: '' }),
    lower: fc.option(often('50', '0', '200'), { nil: '' }),
    other: often('', '', '', 'inhibit_on_failure', 'lb_kind DR', 'persistence_timeout 9', 'unheard 1 2'),
    isInOneLine: fc.boolean(),
  })
  .map(({ address, port, weight, method: own, upper, lower, other, isInOneLine }) => {
    const words = [
      weight && `weight ${weight}`,
      own && `lvs_method ${own}`,
      upper && `uthreshold ${upper}`,
      lower && `lthreshold ${lower}`,
      other,
    ].filter((word) => word !== '');
    const head = `${joined('real_server', address, port)} {`;
    // Words that stand in one line are one statement.
    if (isInOneLine && words.length < 2) return [joined(head, ...words, '}')];
    return [head, ...words, '}'];
  });

const serviceWord: fc.Arbitrary<readonly string[]> = fc.oneof(
  { arbitrary: realServerBlock, weight: 6 },
  { arbitrary: often(...schedulers, 'RR', 'unheard').map((name) => [`lb_algo ${name}`]), weight: 3 },
  { arbitrary: method.map((text) => [`lb_kind ${text}`]), weight: 3 },
  { arbitrary: often('TCP', 'UDP', 'tcp', 'SCTP', 'ICMP').map((name) => [`protocol ${name}`]), weight: 3 },
  { arbitrary: fc.constantFrom(...flags, 'ops', 'hashed').map((flag) => [flag]), weight: 2 },
  {
    arbitrary: often('60', '', '0', '2678400', '60x', '2678401', '010').map((text) => [
      joined('persistence_timeout', text),
    ]),
    weight: 1,
  },
  {
    arbitrary: often('255.255.255.0', '64', '24', '0.0.0.0', '255.0.255.0', '128', '0', '129', '10.1').map(
      (text) => [`persistence_granularity ${text}`],
    ),
    weight: 1,
  },
  { arbitrary: weights.map((text) => [`weight ${text}`]), weight: 1 },
  { arbitrary: often('inet', 'inet6', 'inet4').map((text) => [`ip_family ${text}`]), weight: 1 },
  {
    arbitrary: often('198.51.100.8 80', '198.51.100.1 80', '2001:db8:1::8 80', '198.51.100.9').map((text) => [
      `sorry_server ${text}`,
    ]),
    weight: 1,
  },
  {
    arbitrary: fc
      .constantFrom(
        'sorry_server_inhibit',
        'sorry_server_lvs_method TUN',
        'nat_mask 255.255.255.0',
        'delay_loop 6',
        'lb_algo wrr rr',
        'weight 3 ! a remark',
        '@director weight 4',
        '@^director weight 5',
        '@another lb_kind DR',
        'virtualhost "www.example # {"',
        'alpha',
      )
      .map((text) => [text]),
    weight: 3,
  },
);

const sequence = fc
  .tuple(often('1, 3', '2', '3, -1, 1', '10, 11'), fc.boolean())
  .map(([range, isHex]) => [
    `~SEQ${isHex ? 'x' : ''}(N, ${range}) real_server 198.51.100.1$N 80 { }`.replace('$N', '$' + '{N}'),
  ]);

/** A `virtual_server` of its own address, mark or group. */
function anyVirtualServer(index: number): fc.Arbitrary<string> {
  const inet = `10.8.${index >> 8}.${index & 255}`;
  const inet6 = `2001:db8:8::${index.toString(16)}`;
  const mark = 1000 + index;
  const range = `10.9.${index & 255}`;
  const head = fc.oneof(
    { arbitrary: ports.map((port) => joined('virtual_server', inet, port)), weight: 6 },
    { arbitrary: ports.map((port) => joined('virtual_server', inet6, port)), weight: 3 },
    { arbitrary: often('', 'inet').map(() => `virtual_server fwmark ${mark}`), weight: 3 },
    {
      arbitrary: fc.constantFrom(`virtual_server ${inet}/24 80`, `virtual_server ${inet} 80 dev eth0`),
      weight: 1,
    },
  );
  const entries = fc.array(
    fc.oneof(
      ports.map((port) => joined(`${range}.1`, port)),
      ports.map((port) => joined(`${range}.8-10`, port)),
      ports.map((port) => joined(`${range}.16/30`, port)),
      ports.map((port) => joined(`${range}.254-${range}.255`, port)),
      ports.map((port) => joined(`2001:db8:9:${index.toString(16)}::8-b`, port)),
      often('', 'inet6', 'inet', 'x').map((family) => joined(`fwmark ${mark}`, family)),
    ),
    { minLength: 1, maxLength: 3 },
  );
  const group = entries.map((lines) =>
    [`virtual_server_group G${index} {`, ...lines, '}', `virtual_server group G${index}`].join('\n'),
  );
  return fc
    .tuple(
      fc.oneof({ arbitrary: head, weight: 4 }, { arbitrary: group, weight: 1 }),
      realServerBlock,
      fc.array(fc.oneof({ arbitrary: serviceWord, weight: 12 }, { arbitrary: sequence, weight: 1 }), {
        maxLength: 12,
      }),
      fc.boolean(),
    )
    .map(([first, server, words, isServerLast]) => {
      const all = isServerLast ? [...words, server] : [server, ...words];
      return `${first}\n{\n${all.flat().join('\n')}\n}\n`;
    });
}

/** The virtual servers of a keepalived.conf, from that number on, each with an address of its own. */
export function anyKeepalivedText(first: number, count: number): fc.Arbitrary<string> {
  const services = Array.from({ length: count }, (_, index) => anyVirtualServer(first + index));
  return fc.tuple(...services).map((texts) => `$UNUSED=1\n${texts.join('')}`);
}

/** Lines of `ipvsadm -R` that make a few services and real servers, and change some. */
export function anyIpvsadmText(): fc.Arbitrary<string> {
  const service = fc.constantFrom(
    '-t 10.8.0.1:80',
    '--tcp-service=10.8.0.1:80',
    '-u 10.8.0.2:53',
    '-t [2001:db8:8::1]:80',
    '-f 7',
    '-f 7 -6',
    '-t 10.8.0.3',
    '-t 10.8.0.4:http',
  );
  const scheduler = often('', '-s rr', '-s wlc', '--scheduler=sh', '-ssh', '-s mh');
  const persistent = often('', '', '-p 60', '-p', '--persistent=60', '-p060', '-p 0', '-p 60x');
  const mask = often('', '', '-M 255.255.0.0', '-M 0.0.0.0', '-M 24', '-M 64', '-M 255.0.255.0', '-M 0x18');
  const rest = often('', '', '', '-o', '-b sh-port', '--sched-flags flag-2', '-b sh-port,flag-3');
  const server = fc.constantFrom(
    '-r 198.51.100.1:80',
    '-r 198.51.100.2',
    '-r 198.51.100.3:8080',
    '--real-server=198.51.100.1:80',
    '-r [2001:db8:1::1]:80',
    '-r 2001:db8:1::2',
  );
  const way = often(
    '-m',
    '-g',
    '',
    '-i',
    '--masquerading',
    '-i --tun-type gue --tun-port 6080',
    '-i --tun-type gre',
  );
  const weight = often(
    '',
    '-w 3',
    '-w3',
    '--weight=5',
    '-w 0',
    '-w 010',
    '-w 70000',
    '-w 2147483647',
    '-w x',
  );
  const threshold = often('', '', '-x 100', '-x 100 -y 50', '-y 4');
  const ofService = fc.tuple(service, scheduler, persistent, mask, rest);
  const ofServer = fc.tuple(service, server, way, weight, threshold);
  const together = (text: string) =>
    text.replace(/^(-[Aa]) -([tuf]) /, '$1$2 ').replace(/ -m -w ?(\d)/, ' -mw $1');
  const line = fc.oneof(
    { arbitrary: ofService.map((words) => joined('-A', ...words)), weight: 5 },
    { arbitrary: ofServer.map((words) => joined('-a', ...words)), weight: 8 },
    // What is not there is edited by lvstop all the same.
    {
      arbitrary: fc
        .tuple(service, persistent, scheduler)
        .map(([text, time, name]) => `-A ${text} -s rr -p 9\n${joined('--edit-service', text, time, name)}`),
      weight: 1,
    },
    {
      arbitrary: fc.tuple(service, way, weight).map(([text, mode, number]) => {
        const server = `${text} -r 198.51.100.9`;
        return `-a ${server} -m\n${joined('-e', server, mode, number)}`;
      }),
      weight: 1,
    },
    { arbitrary: fc.tuple(service, server).map((words) => joined('-d', ...words)), weight: 1 },
    { arbitrary: service.map((text) => joined('-D', text)), weight: 1 },
  );
  const plain = [
    '-A -t 10.8.0.1:80 -s rr',
    '-A -u 10.8.0.2:53 -s wrr',
    '-A -t [2001:db8:8::1]:80 -s wlc',
    '-A -f 7 -s rr',
    '-A -f 7 -6 -s rr',
    '-A -t 10.8.0.3 -s rr -p 300',
    '-A -t 10.8.0.4:80 -s sh -b sh-port',
  ];
  return fc
    .tuple(fc.subarray(plain, { minLength: 6 }), fc.array(fc.tuple(line, fc.boolean()), { maxLength: 12 }))
    .map(([first, lines]) =>
      [...first, ...lines.map(([text, isTogether]) => (isTogether ? together(text) : text))]
        .map((text) => `${text}\n`)
        .join(''),
    );
}
