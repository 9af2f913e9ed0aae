import { expect, test } from 'vitest';
import { assessed, counted, inventoryWith, RHEL } from '../../testing/contents/advisories.ts';

type Package = Parameters<typeof inventoryWith>[1][number];

interface Status {
  fixed?: string[];
  known_affected?: string[];
  known_not_affected?: string[];
  under_investigation?: string[];
}

const CPES: Record<string, string> = {
  'BaseOS-9': 'cpe:/o:redhat:enterprise_linux:9::baseos',
  'EUS-9.2': 'cpe:/o:redhat:rhel_eus:9.2::baseos',
  'BaseOS-8': 'cpe:/o:redhat:enterprise_linux:8::baseos',
  'hummingbird-1': 'cpe:/a:redhat:hummingbird:1',
};

const platform = (id: string, cpe: string) => ({
  ...{ category: 'product_name', name: id },
  product: { name: id, product_id: id, product_identification_helper: { cpe } },
});

/** A document whose products are `platform:package`, the packages as rpm writes them or by name. */
function csaf(status: Status, more: { purls?: Record<string, string>; module?: string } = {}): object {
  const { purls = {}, module } = more;
  const ids = [...new Set(Object.values(status).flat() as string[])];
  const parts = [...new Set(ids.map((id) => id.slice(id.indexOf(':') + 1)))];
  const relation = (id: string, part: string, whole: string) => ({
    category: 'default_component_of',
    full_product_name: { name: id, product_id: id },
    ...{ product_reference: part, relates_to_product_reference: whole },
  });
  return {
    document: {
      ...{ category: 'csaf_vex', csaf_version: '2.0', title: 'x' },
      tracking: {
        ...{ id: 'CVE-2026-1', current_release_date: '2026-11-20T00:00:00+00:00' },
        initial_release_date: '2026-11-01T00:00:00+00:00',
      },
    },
    product_tree: {
      branches: [
        {
          ...{ category: 'vendor', name: 'Red Hat' },
          branches: [
            ...Object.entries(CPES).map(([id, cpe]) => platform(id, cpe)),
            ...parts.map((part) => ({
              ...{ category: 'product_version', name: part },
              product: {
                ...{ name: part, product_id: part },
                ...(purls[part] === undefined
                  ? {}
                  : { product_identification_helper: { purl: purls[part] } }),
              },
            })),
          ],
        },
      ],
      relationships: [
        ...(module === undefined ? [] : [relation(`BaseOS-9:${module}`, module, 'BaseOS-9')]),
        ...ids.map((id) => {
          const [whole = '', ...part] = id.split(':');
          return relation(id, part.join(':'), module === undefined ? whole : `${whole}:${module}`);
        }),
      ],
    },
    vulnerabilities: [
      {
        cve: 'CVE-2026-1',
        product_status: status,
        threats: [{ category: 'impact', details: 'Important' }],
        scores: [{ products: ids, cvss_v3: { baseScore: 5 } }],
      },
    ],
  };
}

const zlib: Package = { name: 'zlib', version: '1.2.11-40.el9', source: 'zlib-1.2.11-40.el9.src.rpm' };
const found = (status: Status, packages = [zlib], more?: Parameters<typeof csaf>[1]) =>
  counted(inventoryWith(RHEL, packages), { advisories: { 'a.json': csaf(status, more) } });

test('older than the build that fixes it, on the platform of the image only', async () => {
  const fixed = ['BaseOS-9:zlib-0:1.2.11-41.el9.x86_64'];
  expect(await found({ fixed })).toEqual(['CVE-2026-1 zlib 0:1.2.11-41.el9']);
  expect(await found({ fixed: ['BaseOS-9:zlib-0:1.2.11-40.el9.x86_64'] })).toEqual([]);
  expect(await found({ fixed: ['EUS-9.2:zlib-0:1.2.11-41.el9_2.x86_64'] })).toEqual([]);
  expect(await found({ fixed: ['BaseOS-8:zlib-0:1.2.11-41.el8.x86_64'] })).toEqual([]);
  const purl = { 'zlib-x': 'pkg:rpm/redhat/zlib@1.2.11-41.el9?arch=aarch64' };
  expect(await found({ fixed: ['BaseOS-9:zlib-x'] }, [zlib], { purls: purl })).toHaveLength(1);
});

test('a package of a module, as ids without package URL name it', async () => {
  const node = [
    { name: 'nodejs', version: '1:18.10.0-1.module+el9.2.0+1', module: 'nodejs:18:9020020240101:rhel9' },
  ];
  expect(await found({ known_affected: ['BaseOS-9:nodejs:18/nodejs'] }, node)).toHaveLength(1);
  const fixed = ['BaseOS-9:nodejs-1:18.20.1-1.el9.x86_64::nodejs:18'];
  expect(await found({ fixed }, node)).toEqual(['CVE-2026-1 nodejs 1:18.20.1-1.el9']);
});

test('without a fix', async () => {
  expect(await found({ known_affected: ['BaseOS-9:zlib'] })).toEqual(['CVE-2026-1 zlib no fix']);
  expect(await found({ known_not_affected: ['BaseOS-9:zlib'] })).toEqual([]);
  expect(await found({ under_investigation: ['BaseOS-9:zlib'] })).toEqual([]);
  expect(await found({ known_affected: ['BaseOS-9:zlib-1.2.11-40.el9.x86_64'] })).toHaveLength(1);
});

test('a source stands for its binaries, unless the binary of its name is listed', async () => {
  const tool = { name: 'minizip', version: '1.2.11-40.el9', source: zlib.source };
  const src = 'BaseOS-9:zlib-0:1.2.11-41.el9.src';
  expect(await found({ fixed: [src] }, [zlib, tool])).toHaveLength(2);
  const both = { fixed: [src, 'BaseOS-9:zlib-0:1.2.11-41.el9.x86_64'] };
  expect(await found(both, [zlib, tool])).toEqual(['CVE-2026-1 zlib 0:1.2.11-41.el9']);
  expect(await found({ known_affected: ['BaseOS-9:zlib.src'] }, [tool])).toHaveLength(1);
});

test('of several builds that fix it, that of the line of the package counts', async () => {
  const python = (version: string) => [{ name: 'python3', version }];
  const fixed = ['BaseOS-9:python3-0:3.9.18-3.el9_4.5.x86_64', 'BaseOS-9:python3-0:3.9.19-8.el9.x86_64'];
  expect(await found({ fixed }, python('3.9.18-3.el9_4.4'))).toEqual([
    'CVE-2026-1 python3 0:3.9.18-3.el9_4.5',
  ]);
  expect(await found({ fixed }, python('3.9.18-3.el9_4.6'))).toEqual([]);
  expect(await found({ fixed }, python('3.9.18-4.el9'))).toHaveLength(1);
  const streams = ['BaseOS-9:nodejs-1:16.20.2-8.x86_64', 'BaseOS-9:nodejs-1:18.20.1-1.x86_64'];
  const node = (version: string) => [{ name: 'nodejs', version }];
  expect(await found({ fixed: streams }, node('1:16.20.2-8'))).toEqual([]);
  expect(await found({ fixed: streams }, node('1:18.10.0-1'))).toEqual(['CVE-2026-1 nodejs 1:18.20.1-1']);
  expect(await found({ fixed: streams }, node('1:14.1.0-1'))).toHaveLength(1);
  expect(await found({ fixed: streams }, node('1:20.1.0-1'))).toEqual([]);
});

test('a package of a module is one of the platform that the module is part of', async () => {
  const fixed = ['BaseOS-9:zlib-0:1.2.11-41.el9.x86_64'];
  expect(await found({ fixed }, [zlib], { module: 'zlib:1:9040020240101000000:rhel9' })).toHaveLength(1);
});

test('a distribution that only CPE names', async () => {
  const cpe = 'cpe:2.3:a:redhat:hummingbird:1:*:*:*:*:*:*:*';
  const image = (given: string | null) =>
    inventoryWith({ id: 'hummingbird', version: '20251124', name: null, cpe: given }, [zlib]);
  const advisories = { 'a.json': csaf({ known_affected: ['hummingbird-1:zlib'] }) };
  expect(await counted(image(cpe), { advisories })).toHaveLength(1);
  expect(await counted(image(null), { advisories })).toHaveLength(1);
  const fedora = inventoryWith(
    { id: 'fedora', version: '43', name: null, cpe: 'cpe:/o:fedoraproject:fedora:43' },
    [zlib],
  );
  await expect(assessed(fedora, { advisories })).rejects.toMatchObject({ code: 'unknown' });
});

test('the severity that the vendor gives comes before a score', async () => {
  const image = inventoryWith(RHEL, [zlib]);
  const advisories = { 'a.json': csaf({ known_affected: ['BaseOS-9:zlib'] }) };
  expect((await assessed(image, { advisories })).counted).toMatchObject([{ severity: 'high' }]);
});
