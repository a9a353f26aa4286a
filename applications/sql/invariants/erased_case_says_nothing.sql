-- In: the cases of persons whose erasure is done. Out: what of them still says something.
WITH gone AS (
    SELECT a.id, a.answers, a.private_answers, a.contact_id, e.tombstone_id
    FROM accounts_erasure e JOIN applications_application a ON a.holder_id = e.person_id
    WHERE e.state = 'DONE'
)
SELECT id AS application, 'answers' AS where_ FROM gone
WHERE answers <> '{}'::jsonb OR NOT kernel_says_nothing(to_jsonb(private_answers))
    OR contact_id <> tombstone_id
UNION ALL
SELECT id, 'not written down' FROM gone
WHERE NOT EXISTS (SELECT FROM applications_erasedcase e WHERE e.application_id = gone.id)
UNION ALL
SELECT g.id, 'note' FROM gone g JOIN applications_casenote n ON n.application_id = g.id
WHERE NOT kernel_says_nothing(to_jsonb(n.text))
UNION ALL
SELECT g.id, 'transfer' FROM gone g JOIN applications_transfer n ON n.application_id = g.id
WHERE NOT kernel_says_nothing(to_jsonb(n.text))
UNION ALL
SELECT g.id, 'second approval'
FROM gone g JOIN applications_secondapproval n ON n.application_id = g.id
WHERE NOT kernel_says_nothing(to_jsonb(n.text))
UNION ALL
SELECT g.id, 'appeal' FROM gone g JOIN applications_appeal n ON n.application_id = g.id
WHERE NOT kernel_says_nothing(to_jsonb(n.text))
UNION ALL
SELECT g.id, 'refusal' FROM gone g JOIN applications_refusal n ON n.application_id = g.id
WHERE n.note <> ''
UNION ALL
SELECT g.id, 'completion'
FROM gone g JOIN applications_completionrequest n ON n.application_id = g.id
WHERE n.note <> ''
UNION ALL
SELECT g.id, 'hand-over' FROM gone g JOIN applications_handover n ON n.application_id = g.id
WHERE NOT kernel_says_nothing(to_jsonb(n.arrived_note))
UNION ALL
SELECT g.id, 'given paper' FROM gone g JOIN applications_givenpaper n ON n.application_id = g.id
WHERE n.proof_ends <> 'XXX' OR NOT kernel_says_nothing(to_jsonb(n.authority))
UNION ALL
SELECT g.id, 'opening' FROM gone g JOIN applications_opening n ON n.application_id = g.id
WHERE NOT (kernel_says_nothing(to_jsonb(n.text)) AND kernel_says_nothing(to_jsonb(n.review_text)))
UNION ALL
SELECT g.id, 'question about a look'
FROM gone g JOIN applications_look l ON l.application_id = g.id
JOIN applications_lookquestion n ON n.look_id = l.id
WHERE NOT (kernel_says_nothing(to_jsonb(n.text)) AND kernel_says_nothing(to_jsonb(n.answer)))
UNION ALL
SELECT g.id, 'step of a help'
FROM gone g JOIN applications_assistance h ON h.application_id = g.id
JOIN applications_helpstep n ON n.assistance_id = h.id
WHERE NOT kernel_says_nothing(to_jsonb(n.value))
UNION ALL
SELECT g.id, 'phone of a help'
FROM gone g JOIN applications_assistance h ON h.application_id = g.id
WHERE h.contact_id <> g.tombstone_id
UNION ALL
SELECT g.id, 'document'
FROM gone g JOIN applications_attachment n ON n.application_id = g.id
JOIN kernel_stored_file f ON f.sha256 = n.sha256
WHERE f.erased_at IS NULL AND NOT applications_file_is_needed(n.sha256)
UNION ALL
SELECT g.id, 'phone of a payer'
FROM gone g JOIN applications_application a ON a.id = g.id
JOIN payments_payment_attempt p ON p.bill_id = a.bill_id
WHERE p.phone_index IS NOT NULL
