import { idsIn, keyOfId, mapIds } from './json-ids.js';
import { type JsonPath, jsonPath } from './json-spans.js';

const path = (text: string): JsonPath => jsonPath(text) ?? [];
const double = (id: unknown) => (typeof id === 'number' ? id * 2 : undefined);

describe('a path into a JSON document', () => {
  it.each(['$', '$.a', '$.a_b.c-d', '$[*].id', '$.a[0].b[*]', '$.*.id', '$."a b"."\\"c\\""'])(
    'may be %s',
    (text) => {
      expect(jsonPath(text)).not.toBeNull();
    },
  );

  it.each(['', 'a', '$.', '$a', '$..a', '$.a.', '$[x]', '$.a[', '$[-1]', '$.a b', '$."a', '$."\\x"'])(
    'is not %s',
    (text) => {
      expect(jsonPath(text)).toBeNull();
    },
  );
});

describe('the ids in a JSON document', () => {
  it.each<[string, string, unknown[]]>([
    ['$', ' 7 ', [7]],
    ['$.id', '{"id":7,"other":8}', [7]],
    ['$.id', '{"x":{"id":1},"y":[{"id":2}],"id":"abc"}', ['abc']],
    ['$.id', '{"a":"}]\\"{[","id":18446744073709551615}', [{ $int: '18446744073709551615' }]],
    ['$.items[*].id', '{"items" : [ {"id":1} , {"no":2},3, {"id" : 4}\n] }', [1, 4]],
    ['$.items[1]', '{"items":[5,6,7]}', [6]],
    ['$[*]', '[1,"2",null,true,1.5,1e3,{},[3]]', [1, '2']],
    ['$.*.id', '{"a":{"id":1},"b":[{"id":9}],"c":{"id":2}}', [1, 2]],
    ['$."a \\"b\\""', '{"a \\"b\\"":3}', [3]],
    ['$.café', '{"caf\\u00e9":3}', [3]],
    ['$.id', '{"id":1,"id":2}', [1, 2]],
    ['$.id', '{"id":"a\\u0062\\n"}', ['ab\n']],
    ['$.id', '[]', []],
    ['$.id', '{}', []],
    ['$.id', '"id"', []],
    ['$.id', '', []],
    ['$.id', '{"id":7', []],
    ['$.id', "{'id':7}", []],
  ])('are found at %s of %s', (text, document, ids) => {
    expect(idsIn(document, path(text))).toEqual(ids);
  });

  it('are exchanged, and nothing else is touched', () => {
    const document =
      '{ "n":1.0e+2 ,"items":[ {"id":3,"é":"\\u00e9\\/"} , {"id":"3"}, {"id":4} ],\t"id":3,"n":1 }\n';
    const mapped = mapIds(document, path('$.items[*].id'), (id) => (String(id) === '3' ? 30 : undefined));
    expect(mapped).toBe(document.replace('"id":3,"é"', '"id":30,"é"').replace('"id":"3"', '"id":"30"'));
  });

  it('may become texts, and numbers of any size', () => {
    expect(mapIds('{"id":3}', path('$.id'), () => 'a "b"')).toBe('{"id":"a \\"b\\""}');
    expect(mapIds('{"id":3}', path('$.id'), () => ({ $int: '18446744073709551615' }))).toBe(
      '{"id":18446744073709551615}',
    );
  });

  it('stay when there is no other one, or no JSON', () => {
    expect(mapIds('{"id":"x"}', path('$.id'), double)).toBe('{"id":"x"}');
    expect(mapIds('a:1:{i:0;i:7;}', path('$.id'), double)).toBe('a:1:{i:0;i:7;}');
  });

  it('are found below any depth, quickly', () => {
    const deep = `{"x":${'['.repeat(200_000)}${']'.repeat(200_000)},"id":7}`;
    expect(mapIds(deep, path('$.id'), double)).toBe(deep.replace('7}', '14}'));
    const long = `[${Array.from({ length: 200_000 }, (_, id) => `{"id":${id}}`).join()}]`;
    expect(idsIn(long, path('$[*].id'))).toHaveLength(200_000);
  });

  it('are compared with keys in the form of the key', () => {
    expect(keyOfId('12', 'bigint')).toBe(12);
    expect(keyOfId('18446744073709551615', 'bigint unsigned')).toEqual({ $int: '18446744073709551615' });
    expect(keyOfId('012', 'INTEGER')).toBeNull();
    expect(keyOfId('x', 'int')).toBeNull();
    expect(keyOfId(12, 'varchar(36)')).toBe('12');
    expect(keyOfId('ab', 'char(2)')).toBe('ab');
    expect(keyOfId('\ud800', 'char(2)')).toBeNull();
  });
});
