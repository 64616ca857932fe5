# States and kinds of cases, as labels.
stato-inviata = Inviata
stato-protocollata = Protocollata
stato-presa-in-carico = Presa in carico
stato-in-lavorazione = In lavorazione
stato-in-integrazione = In attesa di documenti
stato-conclusa = Conclusa
stato-prenotata = Prenotata
stato-annullata = Annullata
stato-non-presentata = Non presentata
stato-rinunciata = Ritirata

tipo-segnalazione = Segnalazione
tipo-lettera = Lettera al Sindaco
tipo-istanza = Istanza
tipo-appuntamento = Appuntamento
