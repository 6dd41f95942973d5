CREATE TABLE `shop_order` (`id` bigint AUTO_INCREMENT NOT NULL PRIMARY KEY, `note` varchar(200) CHARACTER SET utf8mb4 NULL, KEY `k` (`note`(10))) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4; # a comment
ALTER TABLE `shop_order` ADD COLUMN `extra` json AFTER `note`, MODIFY `note` varchar(100) NOT NULL DEFAULT 'it\'s', CHANGE `total` `sum` int unsigned, ALGORITHM=INPLACE, LOCK=NONE;
ALTER TABLE shop_order DROP FOREIGN KEY fk, DROP INDEX k, ADD UNIQUE KEY u (`note`), ADD CONSTRAINT fk FOREIGN KEY (`customer_id`) REFERENCES `shop_customer` (`id`) ON DELETE CASCADE;
RENAME TABLE shop_order TO shop_orders, a TO b;
CREATE FULLTEXT INDEX f ON shop_order (note) WITH PARSER ngram;
/*!40101 SET NAMES utf8 */; UPDATE shop_order o JOIN shop_line l ON l.order_id = o.id SET o.total = l.amount WHERE o.total IS NULL LIMIT 10;
REPLACE INTO shop_order (id, note) VALUES (1, "a\\"), (2, 0x41); INSERT IGNORE INTO shop_order VALUES (1) ON DUPLICATE KEY UPDATE note = VALUES(note);
DELIMITER //
CREATE TRIGGER t BEFORE INSERT ON shop_order FOR EACH ROW BEGIN SET NEW.note = COALESCE(NEW.note, ''); END//
