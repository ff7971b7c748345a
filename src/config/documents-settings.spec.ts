import { Settings } from './settings.js';

const read = (dir: string, patterns = '') =>
  new Settings({ HOLDFAST_DOCUMENTS_DIR: dir, HOLDFAST_PROJECT_DOCUMENTS: patterns }).env;

describe('the settings of documents', () => {
  it('name folders by themselves or as they are told', () => {
    expect(read('').HOLDFAST_DOCUMENTS_DIR).toEqual([]);
    expect(read('/srv/uploads/:old=/mnt/uploads').HOLDFAST_DOCUMENTS_DIR).toEqual([
      { name: 'uploads', path: '/srv/uploads' },
      { name: 'old', path: '/mnt/uploads' },
    ]);
  });

  it.each([
    ['/a/uploads:/b/uploads', 'alike'],
    ['/', 'alike'],
    ['/srv/uploads:/srv/uploads/inner', 'within another'],
    ['./backups/inner', 'HOLDFAST_BACKUP_DIR'],
    ['.', 'HOLDFAST_BACKUP_DIR'],
  ])('refuse folders that cannot be told apart or hold the backups: %s', (dir, why) => {
    expect(() => read(dir)).toThrow(new RegExp(`HOLDFAST_DOCUMENTS_DIR .*${why}`));
  });

  it('take patterns that give each file to one project', () => {
    const patterns = 'uploads/projects/{project_id}/**, uploads/*/of-{project_id}.pdf';
    expect(read('/srv/uploads', patterns).HOLDFAST_PROJECT_DOCUMENTS).toHaveLength(2);
  });

  it.each([
    'uploads/projects/**',
    'uploads/{project_id}/{project_id}',
    'uploads/{project_id}{project_id}/**',
    'uploads/*{project_id}/**',
    'uploads/**/{project_id}',
    'uploads/../{project_id}/**',
    'uploads//{project_id}',
    'elsewhere/{project_id}/**',
    '{project_id}/**',
  ])('refuse others: %s', (pattern) => {
    expect(() => read('/srv/uploads', pattern)).toThrow(/HOLDFAST_PROJECT_DOCUMENTS must/);
  });
});
