"""Keys, signatures on records and PDFs, and their verdicts; the only room that holds secrets."""
