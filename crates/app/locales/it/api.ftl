# Errors of the API.
api-accesso-richiesto = Devi prima accedere: usa la tua identità digitale oppure un token valido.
api-non-trovato = Non abbiamo trovato quello che cerchi: controlla l'identificativo e con quale utente hai fatto l'accesso.
api-conflitto = Qualcun altro ha modificato la pratica nello stesso momento: ricaricala e riprova.
api-non-disponibile = Il servizio non è disponibile in questo momento: riprova tra qualche secondo. Se stavi inviando qualcosa usa la stessa chiave: non sarà registrato due volte.
api-interno = Si è verificato un errore nei nostri sistemi. Lo abbiamo annotato: riprova più tardi.
api-pagina-non-valida = Il valore di first deve essere un numero da 1 a { $max }.
api-passi-non-validi = Il valore di ultimi deve essere un numero da 1 a { $max }.
api-cursore-non-valido = Il valore di after non è un cursore di questo elenco: usa endCursor della pagina precedente.
api-troppo-profonda = La richiesta è annidata troppo: il massimo è { $max } livelli.
api-troppi-campi = La richiesta contiene troppi campi: il massimo è { $max }.
api-troppo-complessa = La richiesta chiede troppi dati in una volta (il costo massimo è { $max }): chiedi meno campi o pagine più corte.
api-frammento-ciclico = Un frammento della richiesta contiene sé stesso.
