# States and kinds of cases, as labels.
stato-inviata = Inviata
stato-protocollata = Protocollata
stato-presa-in-carico = Presa in carico
stato-in-lavorazione = In lavorazione
stato-conclusa = Conclusa

tipo-segnalazione = Segnalazione
tipo-lettera = Lettera al Sindaco
tipo-istanza = Istanza
