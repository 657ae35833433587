/** The people and animals that every fresh sandbox knows. All are made up. */

/** Far above the seed's ids and years, and not a time of day, so that the text of a staff task is never ambiguous. */
export const FIRST_FREE_ID = 50_001;

type ClientRow = [id: number, practice: '1' | '2', remoteId: string | null, ...ContactRow];
type ContactRow = [firstName: string, lastName: string, phone: string | null, email: string | null];
type PatientRow = [id: number, clientId: number, remoteId: string | null, ...AnimalRow];
type AnimalRow = [name: string, species: string, breed: string];

const CLIENTS: readonly ClientRow[] = [
  [301, '1', 'C-1001', 'Ana', 'Reyes', '+16025550123', 'ana@example.com'],
  [302, '1', 'C-1002', 'Ben', 'Okafor', '+13125550102', 'ben@example.com'],
  // Two people have this name: only phone or email tells them apart.
  [303, '1', 'C-1003', 'Jo', 'Lindqvist', '+13125550103', 'jo.one@example.com'],
  [304, '1', 'C-1004', 'Jo', 'Lindqvist', '+13125550104', 'jo.two@example.com'],
  // Signed up online and not yet in the practice's own system: no remote ids.
  [305, '1', null, 'Dana', 'Whitfield', null, 'dana@example.com'],
  [401, '2', 'C-2001', 'Eli', 'Marsh', '+13125550201', 'eli@example.com'],
  // Remote ids are each practice's own: this is not practice 1's C-1001.
  [402, '2', 'C-1001', 'Fay', 'Novak', '+13125550202', 'fay@example.com'],
];

const PATIENTS: readonly PatientRow[] = [
  [701, 301, 'P-77', 'Biscuit', 'Canine', 'Beagle'],
  [702, 301, 'P-78', 'Pepper', 'Feline', 'Domestic Shorthair'],
  // Two of one client's patients with the same name: the list cannot tell them apart by name.
  [703, 302, 'P-81', 'Milo', 'Canine', 'Boxer'],
  [704, 302, 'P-82', 'Milo', 'Feline', 'Siamese'],
  [705, 303, 'P-91', 'Nori', 'Feline', 'Ragdoll'],
  [706, 304, 'P-92', 'Otis', 'Canine', 'Poodle'],
  [707, 305, null, 'Clover', 'Lagomorph', 'Holland Lop'],
  [801, 401, 'P-501', 'Rex', 'Canine', 'Collie'],
  [802, 402, 'P-77', 'Sable', 'Feline', 'Burmese'],
];

export const SEED = {
  clients: CLIENTS.map(([id, practice, remoteId, firstName, lastName, phone, email]) => ({
    id: String(id),
    practice,
    remoteId,
    firstName,
    lastName,
    phone,
    email,
  })),
  patients: PATIENTS.map(([id, clientId, remoteId, name, species, breed]) => ({
    id: String(id),
    clientId: String(clientId),
    remoteId,
    name,
    species,
    breed,
  })),
};
