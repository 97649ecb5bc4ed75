INSERT INTO tokens (location_id, name) VALUES ('l1C08ntBrFjLS0elLIYU', 'Acme');
