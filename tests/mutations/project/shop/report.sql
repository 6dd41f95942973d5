-- what is open
SELECT o.status, count(*) FROM shop_order o JOIN order_lines l ON l.order_id = o.id WHERE o.total > 0 GROUP BY o.status;
