# What the HTTP edge of the API answers to a request that it cannot take.
porta-non-json = Invia la richiesta come JSON, con l'intestazione Content-Type: application/json.
porta-token = Il token non è valido per questo Comune: controlla di averlo copiato per intero.
porta-host = Qui non risponde nessun Comune: controlla l'indirizzo.
porta-non-disponibile = Il servizio non è disponibile in questo momento: riprova tra qualche secondo.
porta-troppo-grande = La richiesta è troppo grande: il massimo è 256 kB. I file si caricano con POST /api/allegati.
porta-piu-operazioni = Invia un'operazione per volta: gli elenchi di operazioni non sono accettati.
porta-illeggibile = La richiesta non si legge: serve un oggetto JSON con il campo query.
porta-accesso = Serve un accesso: aggiungi un token nell'intestazione Authorization oppure entra dalle pagine.
porta-non-trovato = Non c'è nulla a questo indirizzo.
porta-non-multipart = Invia il file come multipart/form-data, nel campo file.
